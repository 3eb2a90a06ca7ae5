import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import { type Page, toPage } from '../../http/paging.ts';
import type { Identity } from '../../http/permissions.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { hashToken, newToken } from '../one-time-token.ts';
import type { User } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import { ACCESS_TOKEN_SECONDS, type AccessTokens } from './access-tokens.ts';
import type { Login, LoginRecord, Visit } from './login.ts';
import type { LoginAttempt, LoginLogStore } from './login-log-store.ts';
import type { LoginStore } from './login-store.ts';
import type { RefreshToken, RefreshTokenStore } from './refresh-token-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A login that is not used for so long ends. */
const IDLE_MS = 30 * DAY_MS;
/** However busy it is, a login ends after this time, and its owner has to prove himself again. */
const LIFETIME_MS = 180 * DAY_MS;
/** How long a browser may repeat an exchange whose reply it never saw. */
const LOST_REPLY_SECONDS = 60;

export interface LoginStores {
  users: UserStore;
  logins: LoginStore;
  refreshTokens: RefreshTokenStore;
  loginLog: LoginLogStore;
  audit: AuditTrail;
  sessions: { changeOwner(fromUserId: string, toUserId: string): Promise<void> };
}

export interface LoginService {
  /** Logs a checked person in; the sessions of a guest come along, a closing account opens again. */
  enter(user: User, visit: Visit, guestId?: string): Promise<Login>;
  /** The same within the caller's transaction. */
  enterWithin(stores: LoginStores, user: User, visit: Visit, guestId?: string): Promise<Login>;
  /**
   * Exchanges a refresh token, once. One that comes twice was copied, and its login ends; but of a
   * login that our page began, whose tokens only ever were in its cookie, a lost reply is forgiven
   * for a minute.
   */
  refresh(refreshToken: string, options?: { fromCookie?: boolean }): Promise<Login>;
  /** Ends the login of a refresh token; one that is not known is over already. */
  leave(refreshToken: string): Promise<void>;
  identityOf(userId: string, loginId: string): Promise<Identity | undefined>;
  list(userId: string): Promise<LoginRecord[]>;
  end(userId: string, loginId: string): Promise<void>;
  endOthers(userId: string, loginId: string): Promise<number>;
  attempts(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<LoginAttempt>>;
}

export function createLoginService(parts: {
  stores: LoginStores;
  transact: Transact<LoginStores>;
  accessTokens: AccessTokens;
  /** Told of whoever logs in, who may have brought a guest's or another account's conversations. */
  wrote: (userId: string) => Promise<void>;
}): LoginService {
  const { stores, transact, accessTokens, wrote } = parts;

  async function issue(
    refreshTokens: RefreshTokenStore,
    user: User,
    { loginId, since }: { loginId: string; since: Date },
    refreshToken = newToken(),
  ): Promise<Login> {
    const end = Math.min(Date.now() + IDLE_MS, since.getTime() + LIFETIME_MS);
    await refreshTokens.insert({
      tokenHash: hashToken(refreshToken),
      familyId: loginId,
      userId: user.id,
      expiresAt: new Date(end),
    });
    await wrote(user.id);
    const accessToken = accessTokens.sign({ userId: user.id, loginId });
    return { user, loginId, accessToken, refreshToken, expiresIn: ACCESS_TOKEN_SECONDS };
  }

  async function enterWithin(within: LoginStores, given: User, visit: Visit, guestId?: string) {
    if (guestId && guestId !== given.id) await takeGuestAlong(within, guestId, given.id);
    const user = await admit(within, given.id);
    const loginId = randomUUID();
    const { method, caller } = visit;
    await within.logins.insert({ id: loginId, userId: user.id, method, ...caller });
    await within.loginLog.record(user.id, visit, 'success');
    return issue(within.refreshTokens, user, { loginId, since: new Date() });
  }

  return {
    enterWithin,
    enter: (user, visit, guestId) =>
      transact((within) => enterWithin(within, user, visit, guestId)),

    async refresh(refreshToken, { fromCookie = false } = {}) {
      const tokenHash = hashToken(refreshToken);
      const known = await stores.refreshTokens.byHash(tokenHash);
      const user = known && (await stores.users.byId(known.userId));
      if (!known || !user || !mayGoOn(known, user)) throw loginOver();
      const next = newToken();
      // In one transaction: who comes second waits for the new token, and then ends it as well.
      const login = await transact(async ({ refreshTokens, logins }) => {
        const ongoing = await logins.touch(known.familyId);
        if (!ongoing) return undefined;
        const { createdAt: since, fromPage } = ongoing;
        const exchanged =
          (await refreshTokens.exchange(tokenHash, hashToken(next))) ||
          (fromCookie &&
            fromPage &&
            (await refreshTokens.repeatExchange(tokenHash, hashToken(next), LOST_REPLY_SECONDS)));
        if (!exchanged) return undefined;
        return issue(refreshTokens, user, { loginId: known.familyId, since }, next);
      });
      if (login) return login;
      await stores.logins.end(known.familyId);
      throw loginOver();
    },

    async leave(refreshToken) {
      const known = await stores.refreshTokens.byHash(hashToken(refreshToken));
      if (known) await stores.logins.end(known.familyId);
    },

    async identityOf(userId, loginId) {
      const role = await stores.logins.roleBehind(loginId, userId);
      return role && { userId, role, loginId };
    },

    list: (userId) => stores.logins.alive(userId),

    async end(userId, loginId) {
      if (await stores.logins.end(loginId, userId)) return;
      throw new AppError(404, 'not_found', '没有这个登录，也许它已经结束了。');
    },

    endOthers: (userId, loginId) => stores.logins.endAll(userId, loginId),

    async attempts(userId, { limit, before }) {
      const rows = await stores.loginLog.ofUser(userId, { limit: limit + 1, before });
      return toPage(rows, limit, (row) => [row.at.toISOString(), row.id]);
    },
  };
}

function mayGoOn(token: RefreshToken, user: User): boolean {
  return token.expiresAt > new Date() && !user.disabledAt && !user.closingAt;
}

/**
 * The account as it is now, held until the login stands: since it was looked up, somebody may have
 * disabled, closed or erased it. One that was closed opens again.
 */
async function admit({ users, audit }: LoginStores, id: string): Promise<User> {
  const user = await users.lock(id);
  if (!user || user.erasedAt || user.mergedInto) throw loginOver();
  if (user.disabledAt) throw new AppError(403, 'forbidden', '这个账号已被停用，请联系管理员。');
  if (!user.closingAt) return user;
  const target = { targetType: 'user', targetId: id };
  await audit.record({
    actorId: id,
    action: 'account.reopen',
    ...target,
    detail: {},
    address: null,
  });
  return (await users.update(id, { closingAt: null })) ?? user;
}

/** What a guest has asked belongs to the account from now on; the guest is no more. */
async function takeGuestAlong(stores: LoginStores, guestId: string, userId: string) {
  const guest = await stores.users.lock(guestId);
  if (guest?.role !== 'guest') return;
  await stores.sessions.changeOwner(guest.id, userId);
  await stores.logins.endAll(guest.id);
  await stores.users.update(guest.id, { disabledAt: new Date(), mergedInto: userId });
}

function loginOver(): AppError {
  return new AppError(401, 'unauthenticated', '登录已失效，请重新登录。');
}
