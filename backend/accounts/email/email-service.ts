import { AppError } from '../../errors.ts';
import type { Caller } from '../../http/caller.ts';
import type { Identity } from '../../http/permissions.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { LoginStore } from '../logins/login-store.ts';
import type { AttemptStores } from '../passwords/attempts.ts';
import type { PasswordService } from '../passwords/password-service.ts';
import { holdOwner } from '../require-login.ts';
import { normaliseEmail, type User } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { AccountMails } from './account-mails.ts';
import { wishFor } from './email-token.ts';
import type { EmailToken, EmailTokenStore } from './email-token-store.ts';
import { requestMailWithin } from './mail-throttle.ts';
import { redeem } from './redeem-token.ts';

export interface EmailStores extends AttemptStores {
  users: UserStore;
  logins: Pick<LoginStore, 'roleBehind'>;
  emailTokens: EmailTokenStore;
  accountMails: AccountMails;
  audit: AuditTrail;
}

export interface EmailService {
  /** By the token of a mail: the address is the account's, or becomes it, and is confirmed. */
  verify(token: string, caller: Caller): Promise<User>;
  /** Mails a fresh link to the own address that is not confirmed yet. */
  requestVerification(userId: string): Promise<void>;
  /**
   * Mails a link to another address, which takes the place of the old one when it is confirmed. Of
   * several that were wanted only the last one can become the own.
   */
  change(
    identity: Identity,
    wanted: { email: string; password?: string | undefined },
    caller: Caller,
  ): Promise<void>;
}

export function createEmailService(parts: {
  stores: EmailStores;
  transact: Transact<EmailStores>;
  passwords: Pick<PasswordService, 'confirm'>;
  sendMails(): void;
}): EmailService {
  const { stores, transact, passwords, sendMails } = parts;

  async function requestMail(within: EmailStores, userId: string, email: string): Promise<void> {
    const mail = { kind: 'verify_email', userId, email } as const;
    const seconds = await requestMailWithin(within, mail);
    if (seconds !== undefined) throw tooManyMails(seconds);
  }

  async function ownerOf(userId: string): Promise<User> {
    const user = await stores.users.byId(userId);
    if (!user) throw new AppError(401, 'unauthenticated', '请先登录。');
    return user;
  }

  return {
    async verify(token, caller) {
      const user = await transact(async (within) => {
        const { token: used, owner } = await redeem(within, token, 'verify_email');
        if (owner.email !== used.email) return moveIn(within, owner, used, caller);
        return (await within.users.update(owner.id, { emailVerified: true })) ?? owner;
      });
      sendMails();
      return user;
    },

    async requestVerification(userId) {
      const { email, emailVerified } = await ownerOf(userId);
      if (email === null) throw new AppError(409, 'conflict', '这个账号还没有邮箱，请先添加一个。');
      if (emailVerified) throw new AppError(409, 'conflict', '你的邮箱已经确认过了。');
      await transact((within) => requestMail(within, userId, email));
      sendMails();
    },

    async change(identity, wanted, caller) {
      const user = await ownerOf(identity.userId);
      const email = normaliseEmail(wanted.email);
      await passwords.confirm(user, wanted.password, caller, 'password');
      if (email === user.email) throw new AppError(409, 'conflict', '这已经是你的邮箱。');
      // Signing up says the same of an address, so this tells nobody anything new.
      if (await stores.users.byEmail(email)) throw emailTaken();
      await transact(async (within) => {
        const { id, email: own } = await holdOwner(within, identity);
        await within.emailTokens.voidConfirmationsBut(id, [email, own ?? email]);
        await within.emailTokens.insert(wishFor(email, id));
        await requestMail(within, id, email);
      });
      sendMails();
    },
  };
}

/** The confirmed address becomes the account's; links that went to the old one are void. */
async function moveIn(
  { users, emailTokens, accountMails, audit }: EmailStores,
  owner: User,
  { email }: EmailToken,
  caller: Caller,
): Promise<User> {
  if (await users.byEmail(email)) throw emailTaken();
  const user = await users.update(owner.id, { email, emailVerified: true });
  if (!user) throw emailTaken();
  await emailTokens.voidOf(owner.id, { except: null });
  if (owner.email) {
    await accountMails.request({ kind: 'notice', email: owner.email, notice: 'email_changed' });
  }
  await audit.record({
    ...{ actorId: owner.id, action: 'account.email', targetType: 'user', targetId: owner.id },
    ...{ detail: { replaced: owner.email !== null }, address: caller.address },
  });
  return user;
}

function emailTaken(): AppError {
  return new AppError(409, 'email_taken', '这个邮箱已经属于另一个账号。');
}

function tooManyMails(seconds: number): AppError {
  const minutes = Math.ceil(seconds / 60);
  return new AppError(429, 'rate_limited', `邮件已经发过几次了，请 ${minutes} 分钟后再试。`, {
    retryAfterSeconds: seconds,
  });
}
