import { AppError, type ErrorDetail } from '../../errors.ts';
import { addressGroup, type Caller } from '../../http/caller.ts';
import { invalidInput } from '../../http/failure.ts';
import type { Identity } from '../../http/permissions.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { AccountMails } from '../email/account-mails.ts';
import type { EmailTokenStore } from '../email/email-token-store.ts';
import type { LoginResult, Visit } from '../logins/login.ts';
import type { LoginLogStore } from '../logins/login-log-store.ts';
import type { LoginStore } from '../logins/login-store.ts';
import { normaliseEmail, type User } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { Guess, LoginThrottle } from './login-throttle.ts';
import { hashPassword, type PasswordMatches } from './password-hash.ts';
import { passwordFault } from './password-policy.ts';

export interface PasswordStores {
  users: UserStore;
  loginLog: LoginLogStore;
  logins: LoginStore;
  emailTokens: EmailTokenStore;
  accountMails: AccountMails;
  wechatIdentities: { deleteOfUser(userId: string): Promise<void> };
  audit: AuditTrail;
}

export interface PasswordService {
  /**
   * The account of that address if the password is right, `undefined` if not; it takes the same time
   * whether there is such an account or not. Each attempt that fails is on record. After too many it
   * throws without looking at the password, for addresses nobody has as well.
   */
  check(email: string, password: string, visit: Visit): Promise<User | undefined>;
  /**
   * Makes sure that somebody who is logged in is the owner and not at a forgotten screen: throws
   * unless the account's password is right. An account that has none passes. `path` is where a
   * form shows the fault.
   */
  confirm(user: User, password: string | undefined, caller: Caller, path: string): Promise<void>;
  /** Sets a password, the first one too; all other logins end. */
  change(identity: Identity, wanted: PasswordChange, caller: Caller): Promise<void>;
}

export interface PasswordChange {
  currentPassword?: string | undefined;
  password: string;
}

/** An address counts as the owner's own so long after the account was entered from there. */
const KNOWN_ADDRESS_MS = 30 * 24 * 60 * 60 * 1000;
const NOBODY = '00000000-0000-4000-8000-000000000000';

export function createPasswordService(parts: {
  stores: PasswordStores;
  transact: Transact<PasswordStores>;
  throttle: LoginThrottle;
  matches: PasswordMatches;
  sendMails(): void;
}): PasswordService {
  const { stores, transact, throttle, matches, sendMails } = parts;

  /** The same queries whether there is such a user or not. */
  async function guessOf(account: string, user: User | undefined, caller: Caller): Promise<Guess> {
    const since = new Date(Date.now() - KNOWN_ADDRESS_MS);
    const known = await stores.loginLog.addressesOf(user?.id ?? NOBODY, since);
    const groups = known.map(addressGroup);
    const knownAddress = groups.includes(addressGroup(caller.address));
    return { account, address: caller.address, knownAddress };
  }

  async function isRight(
    account: string,
    user: User | undefined,
    password: string,
    visit: Visit,
  ): Promise<boolean> {
    const guess = await guessOf(account, user, visit.caller);
    const look = () => matches(user?.passwordHash ?? null, password);
    const outcome = await throttle.attempt(guess, look);
    const record = (result: LoginResult) => stores.loginLog.record(user?.id ?? null, visit, result);
    if ('lockedSeconds' in outcome) {
      await record('locked');
      throw locked(outcome.lockedSeconds);
    }
    if (!outcome.right) await record('wrong_password');
    return outcome.right;
  }

  async function confirm(user: User, password: string | undefined, caller: Caller, path: string) {
    if (user.passwordHash === null) return;
    if (password === undefined) throw invalidInput([missingPassword(path)]);
    const visit = { method: 'password', caller } as const;
    if (!(await isRight(accountOf(user), user, password, visit))) throw wrongPassword(path);
  }

  async function checkNew(user: User | undefined, wanted: PasswordChange, caller: Caller) {
    if (!user) throw new AppError(401, 'unauthenticated', '请先登录。');
    requireFaultless(user, wanted);
    await confirm(user, wanted.currentPassword, caller, 'currentPassword');
    const confirmedEmail = user.email !== null && user.emailVerified;
    if (user.passwordHash === null && !confirmedEmail) throw noConfirmedEmail();
    return user;
  }

  return {
    async check(email, password, visit) {
      const account = normaliseEmail(email);
      const user = await stores.users.byEmail(account);
      if (!(await isRight(account, user, password, visit)) || !user) return undefined;
      if (user.disabledAt) {
        await stores.loginLog.record(user.id, visit, 'disabled');
        throw new AppError(403, 'forbidden', '这个账号已被停用，请联系管理员。');
      }
      return user;
    },

    confirm,

    async change({ userId, loginId }, wanted, caller) {
      const known = await checkNew(await stores.users.byId(userId), wanted, caller);
      const passwordHash = await hashPassword(wanted.password);
      await transact(async (within) => {
        const user = await within.users.lock(userId);
        if (user?.passwordHash !== known.passwordHash) throw changedMeanwhile();
        await replacePassword(within, user, passwordHash, { by: caller, keepLogin: loginId });
      });
      sendMails();
    },
  };
}

/** All that is wrong with what was typed, at once. */
function requireFaultless(user: User, { currentPassword, password }: PasswordChange): void {
  const fault = passwordFault(password, [user.email ?? '', user.nickname]);
  const faults = [
    ...(fault === undefined ? [] : [{ path: 'password', message: fault }]),
    ...(user.passwordHash !== null && currentPassword === undefined
      ? [missingPassword('currentPassword')]
      : []),
  ];
  if (faults.length > 0) throw invalidInput(faults);
}

/**
 * Everything that a new password brings with it: other logins end, what was under way by mail is
 * void, the owner is told. One that is set by mail (no login stays) leaves no other way in at all:
 * whoever owns the address may never have seen who else got into the account, or who made it.
 */
export async function replacePassword(
  within: PasswordStores,
  user: User,
  passwordHash: string,
  how: { by: Caller; keepLogin?: string },
): Promise<User> {
  const { users, logins, emailTokens, accountMails, audit } = within;
  const byMail = how.keepLogin === undefined;
  const entry = { ...{ actorId: user.id, targetType: 'user', targetId: user.id, detail: {} } };
  const record = (action: string) => audit.record({ ...entry, action, address: how.by.address });
  if (byMail && user.wechatLinked) {
    await within.wechatIdentities.deleteOfUser(user.id);
    await record('account.wechat_unlink');
  }
  const emailVerified = byMail || user.emailVerified;
  const changed = await users.update(user.id, { passwordHash, emailVerified });
  if (!changed) throw new Error('a change of password changes no address');
  await logins.endAll(user.id, how.keepLogin);
  await emailTokens.voidOf(user.id, { except: user.email });
  if (user.email) {
    const notice = byMail ? 'password_reset' : 'password_changed';
    await accountMails.request({ kind: 'notice', email: user.email, notice });
  }
  await record(byMail ? 'account.password_reset' : 'account.password');
  return changed;
}

/** What its attempts are counted under: the address one logs in with. */
function accountOf(user: User): string {
  return user.email ?? user.id;
}

function locked(seconds: number): AppError {
  return new AppError(429, 'rate_limited', `尝试次数太多，请 ${seconds} 秒后再试。`, {
    retryAfterSeconds: seconds,
  });
}

function missingPassword(path: string): ErrorDetail {
  return { path, message: '请填写现在的密码' };
}

function wrongPassword(path: string): AppError {
  return new AppError(401, 'invalid_credentials', '现在的密码不正确。', {
    details: [{ path, message: '现在的密码不正确' }],
  });
}

function noConfirmedEmail(): AppError {
  return new AppError(409, 'conflict', '请先添加并确认一个邮箱，再设置密码。');
}

function changedMeanwhile(): AppError {
  return new AppError(409, 'conflict', '密码刚刚在别处改过，请重新登录。');
}
