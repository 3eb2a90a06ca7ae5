import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { AccountMails } from './email/account-mails.ts';
import type { GuestAllowances } from './guest-allowance-store.ts';
import type { Login, Visit } from './logins/login.ts';
import type { LoginService, LoginStores } from './logins/login-service.ts';
import { hashPassword } from './passwords/password-hash.ts';
import { requireGoodPassword } from './passwords/password-policy.ts';
import { nicknameFromEmail, normaliseEmail, type User } from './user.ts';
import type { UserStore } from './user-store.ts';

/** What signing up needs beside the stores of a login. */
export interface RegistrationStores extends LoginStores {
  balances: {
    open(userId: string): Promise<void>;
    credit(userId: string, type: 'grant', amount: number, reason: string): Promise<void>;
  };
  guestAllowances: GuestAllowances;
  accountMails: AccountMails;
}

export interface Registration {
  email: string;
  password: string;
  nickname?: string | undefined;
}

export interface RegistrationService {
  /** Makes an account, or turns the guest into one. */
  register(input: Registration, visit: Visit, guestId?: string): Promise<Login>;
  /** Somebody tries without an account; `device` is what the client calls itself, if it does. */
  enterAsGuest(visit: Visit, device?: string): Promise<Login>;
  /** Makes the first admin; `undefined` when there is one already. */
  ensureAdmin(email: string, password: string): Promise<User | undefined>;
  firstAdmin(): Promise<User | undefined>;
}

export function createRegistrationService(parts: {
  stores: RegistrationStores;
  transact: Transact<RegistrationStores>;
  logins: Pick<LoginService, 'enterWithin'>;
  sendMails(): void;
  signupGrantTokens: number;
  guestGrantTokens: number;
}): RegistrationService {
  const { stores, transact, logins, signupGrantTokens, guestGrantTokens } = parts;

  return {
    async register({ email: given, password, nickname: wished }, visit, guestId) {
      const email = normaliseEmail(given);
      const nickname = wished ?? nicknameFromEmail(email);
      requireGoodPassword(password, [email, nickname]);
      const passwordHash = await hashPassword(password);
      const login = await transact(async (within) => {
        const { users, balances, accountMails } = within;
        const identity = { email, passwordHash, nickname };
        if (guestId) await holdGuest(users, guestId);
        const user = guestId
          ? await users.promoteGuest(guestId, identity)
          : await users.insert({ id: randomUUID(), ...identity, role: 'learner' });
        if (!user) throw new AppError(409, 'email_taken', '这个邮箱已经注册过，请直接登录。');
        if (guestId) await within.logins.endAll(guestId);
        else await balances.open(user.id);
        await balances.credit(user.id, 'grant', signupGrantTokens, '注册赠送');
        await accountMails.request({ kind: 'verify_email', userId: user.id, email });
        return logins.enterWithin(within, user, visit);
      });
      parts.sendMails();
      return login;
    },

    enterAsGuest: (visit, device) =>
      transact(async (within) => {
        const { users, balances, guestAllowances } = within;
        const guest = { email: null, passwordHash: null, nickname: '游客', role: 'guest' } as const;
        const user = await users.insert({ id: randomUUID(), ...guest });
        if (!user) throw new Error('a guest has no address that could be taken');
        await balances.open(user.id);
        const { address } = visit.caller;
        const allowance = await guestAllowances.take(guestGrantTokens, { address, device });
        await balances.credit(user.id, 'grant', allowance, '游客试用');
        return logins.enterWithin(within, user, visit);
      }),

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

/** Since the request was let in, the guest may have signed up or logged in elsewhere. */
async function holdGuest(users: Pick<UserStore, 'lock'>, guestId: string): Promise<void> {
  const guest = await users.lock(guestId);
  if (guest?.role === 'guest' && !guest.disabledAt) return;
  throw new AppError(409, 'conflict', '这个游客已经注册过了，请刷新页面。');
}
