import type { ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';
import { randomKey } from '../api/random-key.ts';
import type { TokenStore } from '../api/token-store.ts';
import type { Balance, SignedIn, User } from '../api/types.ts';
import { createObservable, type Observable } from '../state/observable.ts';

export interface AccountState {
  /** `unknown`: a login may be stored but the server has not been heard yet. */
  phase: 'unknown' | 'visitor' | 'signed-in' | 'unreachable';
  user: User | null;
  balance: Balance | null;
}

export interface Credentials {
  email: string;
  password: string;
  nickname?: string;
}

export interface Account {
  state: Observable<AccountState>;
  /** Takes up the stored login, if there is one. */
  restore(): Promise<void>;
  /** Makes sure somebody is signed in, a guest if need be. */
  ensure(): Promise<void>;
  signIn(credentials: Credentials): Promise<void>;
  signUp(credentials: Credentials): Promise<void>;
  signOut(): Promise<void>;
  /** The login ended by itself. */
  forget(): void;
  refreshBalance(): Promise<void>;
}

interface AccountParts {
  client: ApiClient;
  tokens: TokenStore;
  onChanged(kind: 'left' | 'arrived'): void;
}

const VISITOR: AccountState = { phase: 'visitor', user: null, balance: null };

export function createAccount({ client, tokens, onChanged }: AccountParts): Account {
  const state = createObservable<AccountState>({ phase: 'unknown', user: null, balance: null });
  let entering: Promise<void> | null = null;
  let restoring: Promise<void> | null = null;

  async function refreshBalance(): Promise<void> {
    try {
      const balance = await client.call<Balance>('/api/user/balance');
      if (state.get().user !== null) state.set({ ...state.get(), balance });
    } catch {
      // A number in the corner is not worth an error message.
    }
  }

  function arrive(user: User): void {
    state.set({ phase: 'signed-in', user, balance: null });
    onChanged('arrived');
    void refreshBalance();
  }

  async function enter(path: string, body: object): Promise<void> {
    const options = { method: 'POST', body, idempotencyKey: randomKey() } as const;
    const signedIn = await client.call<SignedIn>(path, options);
    tokens.save(signedIn);
    arrive(signedIn.user);
  }

  function forget(): void {
    tokens.clear();
    if (state.get().phase === 'visitor') return;
    state.set(VISITOR);
    onChanged('left');
  }

  async function takeUp(): Promise<void> {
    if (tokens.refresh() === null) return state.set(VISITOR);
    if (state.get().phase === 'unreachable') state.set({ ...VISITOR, phase: 'unknown' });
    try {
      const profile = await client.call<User | { user: User }>('/api/user/profile');
      arrive('user' in profile ? profile.user : profile);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return forget();
      state.set({ ...VISITOR, phase: 'unreachable' });
    }
  }

  function restore(): Promise<void> {
    restoring ??= takeUp().finally(() => {
      restoring = null;
    });
    return restoring;
  }

  async function ensure(): Promise<void> {
    if (state.get().phase === 'unknown') await restore();
    if (state.get().user !== null) return;
    if (tokens.refresh() !== null) {
      await restore();
      if (state.get().user === null) throw ApiError.local('unreachable');
      return;
    }
    entering ??= enter('/api/auth/guest', {}).finally(() => {
      entering = null;
    });
    await entering;
  }

  async function signOut(): Promise<void> {
    const refreshToken = tokens.refresh();
    try {
      await client.call('/api/auth/logout', { method: 'POST', body: { refreshToken } });
    } catch {
      // Leaving must work without the server, too.
    }
    forget();
  }

  return {
    state,
    restore,
    ensure,
    signIn: (credentials) => enter('/api/auth/email-login', credentials),
    signUp: (credentials) => enter('/api/auth/register', credentials),
    signOut,
    forget,
    refreshBalance,
  };
}
