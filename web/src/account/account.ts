import type { LoginClient } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';
import type { TokenStore } from '../api/token-store.ts';
import type { Balance, User } from '../api/types.ts';
import { createObservable, type Observable } from '../state/observable.ts';

export interface AccountState {
  /** `unknown`: somebody may be signed in but the server has not been heard yet. */
  phase: 'unknown' | 'visitor' | 'signed-in' | 'unreachable';
  user: User | null;
  balance: Balance | null;
}

export interface Credentials {
  email: string;
  password: string;
  nickname?: string;
}

/** What WeChat hands back to the page. */
export interface WechatReply {
  code: string;
  state: string;
}

export interface Account {
  state: Observable<AccountState>;
  /** Takes up the login this browser has, if there is one. */
  restore(): Promise<void>;
  /** Makes sure somebody is signed in, a guest if need be. */
  ensure(): Promise<void>;
  signIn(credentials: Credentials): Promise<void>;
  signUp(credentials: Credentials): Promise<void>;
  signInWithWechat(reply: WechatReply): Promise<void>;
  signOut(): Promise<void>;
  /** The login ended by itself. */
  forget(): void;
  /** The server said who this is by now: a new name, a verified address. */
  meet(user: User): void;
  /** Another tab may have signed in, out or over. */
  reconsider(): void;
  refreshBalance(): Promise<void>;
}

interface AccountParts {
  client: LoginClient;
  tokens: TokenStore;
  /** `left`: what the page holds belonged to somebody else. */
  onChanged(kind: 'left' | 'arrived'): void;
}

const VISITOR: AccountState = { phase: 'visitor', user: null, balance: null };

export function createAccount({ client, tokens, onChanged }: AccountParts): Account {
  const state = createObservable<AccountState>({ ...VISITOR, phase: 'unknown' });
  let entering: Promise<void> | null = null;
  let restoring: Promise<void> | null = null;

  async function refreshBalance(): Promise<void> {
    const owner = state.get().user?.id;
    try {
      const balance = await client.call<Balance>('/api/user/balance');
      if (state.get().user?.id === owner) state.set({ ...state.get(), balance });
    } catch {
      // A number in the corner is not worth an error message.
    }
  }

  function arrive(user: User): void {
    const before = state.get().user;
    if (before !== null && before.id !== user.id) onChanged('left');
    state.set({ phase: 'signed-in', user, balance: null });
    onChanged('arrived');
    void refreshBalance();
  }

  function meet(user: User): void {
    const before = state.get();
    if (before.user?.id !== user.id || before.user.role !== user.role) arrive(user);
    else state.set({ ...before, user });
  }

  async function enter(path: string, body: object): Promise<void> {
    const login = await client.logIn(path, body);
    if (login !== null) arrive(login.user);
  }

  async function enterAsGuest(): Promise<void> {
    // While this tab waited for its turn another one may have made a guest.
    const login = await client.logIn('/api/auth/guest', {}, () => !tokens.hopeful());
    if (login !== null) return arrive(login.user);
    await restore();
  }

  function becomeVisitor(): void {
    if (state.get().phase === 'visitor') return;
    state.set(VISITOR);
    onChanged('left');
  }

  function forget(): void {
    tokens.clear();
    becomeVisitor();
  }

  async function takeUp(): Promise<void> {
    if (!tokens.hopeful()) return becomeVisitor();
    if (state.get().phase === 'unreachable') state.set({ ...VISITOR, phase: 'unknown' });
    try {
      // A refusal has been told by the client, a success too.
      if (!(await client.refresh())) becomeVisitor();
    } catch (error) {
      const changed = error instanceof ApiError && error.slug === 'account_changed';
      if (!changed) state.set({ ...VISITOR, phase: 'unreachable' });
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
    if (tokens.hopeful()) {
      await restore();
      if (state.get().user === null) throw ApiError.local('unreachable');
      return;
    }
    entering ??= enterAsGuest().finally(() => {
      entering = null;
    });
    await entering;
  }

  function reconsider(): void {
    const someoneHere = tokens.holder() !== null;
    if (someoneHere ? !tokens.overtaken() : !tokens.hopeful()) return;
    const samePerson = tokens.hinted() === tokens.holder();
    tokens.letGo();
    if (!samePerson) becomeVisitor();
    void restore();
  }

  async function signOut(): Promise<void> {
    try {
      await client.logOut();
    } catch {
      // Leaving must work without the server, too.
    }
    forget();
  }

  return {
    state,
    ...{ restore, ensure, forget, meet, reconsider, signOut, refreshBalance },
    signIn: (credentials) => enter('/api/auth/email-login', credentials),
    signUp: (credentials) => enter('/api/auth/register', credentials),
    signInWithWechat: (reply) => enter('/api/auth/wechat-login', { client: 'web', ...reply }),
  };
}
