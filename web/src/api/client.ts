import type { ApiClient, CallOptions } from './api-client.ts';
import { ApiError, readApiError } from './api-error.ts';
import type { TokenStore } from './token-store.ts';

interface ClientParts {
  tokens: TokenStore;
  fetch: typeof fetch;
  /** The refresh token was refused: the login is over. */
  onSignedOut(): void;
}

const REFRESHABLE = new Set(['token_expired', 'unauthenticated']);

/** One tab at a time: a refresh token used twice would end the whole login. */
function withRefreshLock<Result>(work: () => Promise<Result>): Promise<Result> {
  const locks = navigator.locks as LockManager | undefined;
  // The cast only undoes the promise nesting in LockManager's own typing.
  return locks ? (locks.request('guoxue.refresh', work) as Promise<Result>) : work();
}

export function createApiClient({ tokens, fetch, onSignedOut }: ClientParts): ApiClient {
  let refreshing: Promise<boolean> | null = null;

  async function send(path: string, options: CallOptions): Promise<Response> {
    const headers = new Headers({ Accept: options.accept ?? 'application/json' });
    const access = tokens.access();
    if (access !== null) headers.set('Authorization', `Bearer ${access}`);
    if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey);
    if (options.body !== undefined) headers.set('Content-Type', 'application/json');
    try {
      return await fetch(path, {
        method: options.method ?? 'GET',
        headers,
        body: options.body === undefined ? null : JSON.stringify(options.body),
        signal: options.signal ?? null,
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw ApiError.local('unreachable');
    }
  }

  async function exchange(): Promise<boolean> {
    const refreshToken = tokens.refresh();
    if (refreshToken === null) return false;
    tokens.dropAccess();
    const response = await send('/api/auth/refresh', { method: 'POST', body: { refreshToken } });
    if (response.ok) {
      const reply = (await response.json()) as {
        data: { accessToken: string; refreshToken: string };
      };
      tokens.save(reply.data);
      return true;
    }
    const error = await readApiError(response);
    if (error.status !== 400 && error.status !== 401 && error.status !== 403) throw error;
    tokens.clear();
    onSignedOut();
    return false;
  }

  function refresh(): Promise<boolean> {
    refreshing ??= withRefreshLock(exchange).finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function open(path: string, options: CallOptions = {}): Promise<Response> {
    if (tokens.access() === null && tokens.refresh() !== null) await refresh();
    const first = await send(path, options);
    if (first.ok) return first;
    const error = await readApiError(first);
    const mayRefresh = error.status === 401 && REFRESHABLE.has(error.slug);
    if (!mayRefresh || tokens.refresh() === null || !(await refresh())) throw error;
    const second = await send(path, options);
    if (second.ok) return second;
    throw await readApiError(second);
  }

  async function call<Data>(path: string, options: CallOptions = {}): Promise<Data> {
    const response = await open(path, options);
    if (response.status === 204) return undefined as Data;
    try {
      return ((await response.json()) as { data: Data }).data;
    } catch {
      throw ApiError.local('unreadable_reply');
    }
  }

  return { open, call, refresh };
}
