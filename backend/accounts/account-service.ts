import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Transact } from '../platform/database/transact.ts';
import { hashPassword, passwordMatches } from './passwords.ts';
import type { RefreshToken, RefreshTokenStore } from './refresh-token-store.ts';
import {
  ACCESS_TOKEN_SECONDS,
  hashRefreshToken,
  newRefreshToken,
  refreshTokenExpiry,
  signAccessToken,
} from './tokens.ts';
import { nicknameFromEmail, normaliseEmail, type User } from './user.ts';
import type { UserStore } from './user-store.ts';

export interface Login {
  user: User;
  accessToken: string;
  refreshToken: string;
  /** Seconds the access token is good for. */
  expiresIn: number;
}

/** What accounts need of themselves, and the little they need of billing and chat. */
export interface AccountStores {
  users: UserStore;
  refreshTokens: RefreshTokenStore;
  balances: {
    open(userId: string): Promise<void>;
    credit(userId: string, type: 'grant', amount: number, reason: string): Promise<void>;
  };
  sessions: { changeOwner(fromUserId: string, toUserId: string): Promise<void> };
}

export interface AccountService {
  register(
    input: { email: string; password: string; nickname?: string | undefined },
    guestId?: string,
  ): Promise<Login>;
  enterAsGuest(): Promise<Login>;
  /** The account of that address if the password is right. */
  checkPassword(email: string, password: string): Promise<User | undefined>;
  /** Logs a checked user in; the sessions of a guest come along. */
  logIn(user: User, guestId?: string): Promise<Login>;
  refresh(refreshToken: string): Promise<Login>;
  logOut(refreshToken: string): Promise<void>;
  activeUser(id: string): Promise<User | undefined>;
  updateProfile(
    id: string,
    change: { nickname?: string; avatarUrl?: string | null },
  ): Promise<User>;
  /** Makes the first admin; `undefined` when there is one already. */
  ensureAdmin(email: string, password: string): Promise<User | undefined>;
  firstAdmin(): Promise<User | undefined>;
}

export function createAccountService(parts: {
  stores: AccountStores;
  transact: Transact<AccountStores>;
  jwtSecret: string;
  signupGrantTokens: number;
  guestGrantTokens: number;
}): AccountService {
  const { stores, transact, jwtSecret, signupGrantTokens, guestGrantTokens } = parts;

  async function issue(
    user: User,
    refreshTokens: RefreshTokenStore,
    familyId: string = randomUUID(),
  ): Promise<Login> {
    const refreshToken = newRefreshToken();
    const tokenHash = hashRefreshToken(refreshToken);
    const expiresAt = refreshTokenExpiry();
    await refreshTokens.insert({ tokenHash, familyId, userId: user.id, expiresAt });
    const accessToken = signAccessToken(jwtSecret, user.id);
    return { user, accessToken, refreshToken, expiresIn: ACCESS_TOKEN_SECONDS };
  }

  return {
    async register({ email: given, password, nickname: wished }, guestId) {
      const email = normaliseEmail(given);
      const nickname = wished ?? nicknameFromEmail(email);
      const passwordHash = await hashPassword(password);
      return transact(async ({ users, balances, refreshTokens }) => {
        const user = guestId
          ? await users.promoteGuest(guestId, { email, passwordHash, nickname })
          : await users.insert({
              id: randomUUID(),
              email,
              passwordHash,
              nickname,
              role: 'learner',
            });
        if (!user) throw new AppError(409, 'email_taken', '这个邮箱已经注册过，请直接登录。');
        if (!guestId) await balances.open(user.id);
        await balances.credit(user.id, 'grant', signupGrantTokens, '注册赠送');
        return issue(user, refreshTokens);
      });
    },

    enterAsGuest: () =>
      transact(async ({ users, balances, refreshTokens }) => {
        const guest = { email: null, passwordHash: null, nickname: '游客', role: 'guest' } as const;
        const user = await users.insert({ id: randomUUID(), ...guest });
        if (!user) throw new Error('a guest has no address that could be taken');
        await balances.open(user.id);
        await balances.credit(user.id, 'grant', guestGrantTokens, '游客试用');
        return issue(user, refreshTokens);
      }),

    async checkPassword(email, password) {
      const user = await stores.users.byEmail(normaliseEmail(email));
      const matches = await passwordMatches(user?.passwordHash ?? null, password);
      return matches && user && !user.disabledAt ? user : undefined;
    },

    logIn: (user, guestId) =>
      transact(async ({ users, sessions, refreshTokens }) => {
        const guest = guestId ? await users.byId(guestId) : undefined;
        if (guest?.role === 'guest') {
          await sessions.changeOwner(guest.id, user.id);
          await refreshTokens.deleteOfUser(guest.id);
          await users.disable(guest.id);
        }
        return issue(user, refreshTokens);
      }),

    async refresh(refreshToken) {
      const known = await stores.refreshTokens.byHash(hashRefreshToken(refreshToken));
      const user = known && (await stores.users.byId(known.userId));
      if (!known || !user || user.disabledAt || known.expiresAt < new Date()) throw loginOver();
      // In one transaction: who comes second waits for the new token, and then ends it as well.
      const login = await transact(async ({ refreshTokens }) =>
        (await refreshTokens.markUsed(known.tokenHash))
          ? issue(user, refreshTokens, known.familyId)
          : undefined,
      );
      return login ?? endStolenFamily(stores.refreshTokens, known);
    },

    async logOut(refreshToken) {
      const known = await stores.refreshTokens.byHash(hashRefreshToken(refreshToken));
      if (known) await stores.refreshTokens.deleteFamily(known.familyId);
    },

    async activeUser(id) {
      const user = await stores.users.byId(id);
      return user && !user.disabledAt ? user : undefined;
    },

    updateProfile: (id, change) => stores.users.update(id, change),

    async ensureAdmin(given, password) {
      if (await stores.users.firstAdmin()) return undefined;
      const passwordHash = await hashPassword(password);
      const email = normaliseEmail(given);
      return transact(async ({ users, balances }) => {
        const admin = { email, passwordHash, nickname: '管理员', role: 'admin' } as const;
        const user = await users.insert({ id: randomUUID(), ...admin });
        if (!user) {
          // Another process that started at the same time may have been faster.
          if ((await users.byEmail(email))?.role === 'admin') return undefined;
          throw new Error(`${email} (ADMIN_EMAIL) is the address of a learner already`);
        }
        await balances.open(user.id);
        await balances.credit(user.id, 'grant', signupGrantTokens, '注册赠送');
        return user;
      });
    },

    firstAdmin: () => stores.users.firstAdmin(),
  };
}

/** A refresh token that comes twice was copied: whoever holds a token of its family is logged out. */
async function endStolenFamily(tokens: RefreshTokenStore, reused: RefreshToken): Promise<never> {
  await tokens.deleteFamily(reused.familyId);
  throw loginOver();
}

function loginOver(): AppError {
  return new AppError(401, 'unauthenticated', '登录已失效，请重新登录。');
}
