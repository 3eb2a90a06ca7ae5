import type { CallOptions, LoginClient } from './api-client.ts';
import { ApiError, readApiError } from './api-error.ts';
import type { LoginLock } from './login-lock.ts';
import { randomKey } from './random-key.ts';
import type { TokenStore } from './token-store.ts';
import type { SignedIn, User } from './types.ts';
import type { UploadFetch } from './upload-fetch.ts';

interface ClientParts {
  tokens: TokenStore;
  fetch: typeof fetch;
  /** For those who want to know how far their upload is; left out, they hear nothing. */
  upload?: UploadFetch;
  lock: LoginLock;
  /** The login is no longer accepted. */
  onSignedOut(): void;
  /** The browser turns out to be signed in as this person. */
  onUser(user: User): void;
  /** Another tab has signed in, out or over; what this one shows is no longer its own. */
  onOvertaken(): void;
}

const REFRESHABLE = new Set(['token_expired', 'unauthenticated']);

function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && REFRESHABLE.has(error.slug);
}

function headersOf(path: string, options: CallOptions, access: string | null): Headers {
  const headers = new Headers({ Accept: options.accept ?? 'application/json' });
  if (access !== null) headers.set('Authorization', `Bearer ${access}`);
  // Asks that the refresh token travels in a cookie.
  if (path.startsWith('/api/auth/')) headers.set('X-Guoxue-Client', 'web');
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey);
  if (options.body instanceof Blob) headers.set('Content-Type', options.body.type);
  // The browser writes the type of a form, with the line that parts its fields.
  else if (options.body !== undefined && !(options.body instanceof FormData))
    headers.set('Content-Type', 'application/json');
  return headers;
}

function bodyOf({ body }: CallOptions): Blob | FormData | string | null {
  if (body === undefined) return null;
  return body instanceof Blob || body instanceof FormData ? body : JSON.stringify(body);
}

async function dataOf<Data>(response: Response): Promise<Data> {
  if (response.status === 204) return undefined as Data;
  try {
    return ((await response.json()) as { data: Data }).data;
  } catch {
    throw ApiError.local('unreadable_reply');
  }
}

export function createApiClient(parts: ClientParts): LoginClient {
  const { tokens, fetch, lock } = parts;
  let refreshing: Promise<boolean> | null = null;

  async function send(path: string, options: CallOptions): Promise<Response> {
    const request = {
      method: options.method ?? 'GET',
      headers: headersOf(path, options, tokens.access()),
      body: bodyOf(options),
      signal: options.signal ?? null,
    };
    try {
      const { onSent } = options;
      if (onSent && parts.upload) return await parts.upload(path, request, onSent);
      return await fetch(path, request);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw ApiError.local('unreachable');
    }
  }

  async function sendWell(path: string, options: CallOptions): Promise<Response> {
    const response = await send(path, options);
    if (response.ok) return response;
    throw await readApiError(response);
  }

  function refuse(error: ApiError): boolean {
    if (error.status !== 400 && error.status !== 401 && error.status !== 403) throw error;
    tokens.clear();
    parts.onSignedOut();
    return false;
  }

  async function exchange(): Promise<boolean> {
    if (!tokens.hopeful()) return false;
    const legacy = tokens.legacy();
    const before = tokens.holder();
    tokens.dropAccess();
    const body = legacy === null ? {} : { refreshToken: legacy };
    const response = await send('/api/auth/refresh', { method: 'POST', body });
    if (!response.ok) return refuse(await readApiError(response));
    const login = await dataOf<SignedIn>(response);
    tokens.clearLegacy();
    tokens.save(login);
    parts.onUser(login.user);
    // The caller wanted something for the person before: it must not happen to this one.
    if (before !== null && before !== login.user.id) throw ApiError.local('account_changed');
    return true;
  }

  function refresh(): Promise<boolean> {
    refreshing ??= lock(exchange).finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function prepare(): Promise<void> {
    if (tokens.overtaken()) {
      parts.onOvertaken();
      throw ApiError.local('account_changed');
    }
    if (tokens.access() === null && tokens.hopeful()) await refresh();
  }

  async function open(path: string, options: CallOptions = {}): Promise<Response> {
    await prepare();
    try {
      return await sendWell(path, options);
    } catch (error) {
      if (!isStale(error) || !tokens.hopeful() || !(await refresh())) throw error;
      return sendWell(path, options);
    }
  }

  async function logIn(path: string, body: object, wanted = () => true) {
    const options = { method: 'POST', body, idempotencyKey: randomKey() } as const;
    const attempt = () =>
      lock(async () => {
        if (!wanted()) return null;
        const login = await dataOf<SignedIn>(await sendWell(path, options));
        tokens.save(login);
        return login;
      });
    await prepare();
    try {
      return await attempt();
    } catch (error) {
      // The token of the guest who signs in, not what was typed.
      if (!isStale(error) || !tokens.hopeful()) throw error;
      await refresh();
      return attempt();
    }
  }

  return {
    open,
    refresh,
    logIn,
    call: async (path, options) => dataOf(await open(path, options)),
    async logOut() {
      await lock(() => sendWell('/api/auth/logout', { method: 'POST', body: {} }));
    },
  };
}
