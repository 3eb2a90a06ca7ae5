import { AppError } from '../../errors.ts';
import type { Caller } from '../../http/caller.ts';
import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { AccountMails } from '../email/account-mails.ts';
import type { LoginStore } from '../logins/login-store.ts';
import type { PasswordService } from '../passwords/password-service.ts';
import type { User } from '../user.ts';
import type { UserStore } from '../user-store.ts';

export interface ClosingStores {
  users: UserStore;
  logins: Pick<LoginStore, 'endAll'>;
  accountMails: AccountMails;
  audit: AuditTrail;
}

export interface AccountClosing {
  /**
   * Ends all logins and says when the account will be erased. Until then logging in opens it again.
   * A password that is given must be right.
   */
  close(userId: string, caller: Caller, password?: string): Promise<Date>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export function createAccountClosing(parts: {
  stores: ClosingStores;
  transact: Transact<ClosingStores>;
  closingDays: number;
  confirmPassword: PasswordService['confirm'];
  sendMails(): void;
  stopAnswers(userId: string): Promise<void>;
  logger: Logger;
}): AccountClosing {
  const { stores, transact, closingDays, confirmPassword, sendMails, stopAnswers, logger } = parts;

  async function closeWithin(within: ClosingStores, known: User): Promise<Date> {
    // Before the own row, so that whoever else changes admins takes them in the same order.
    const admins = known.role === 'admin' ? await within.users.lockActiveAdmins() : [];
    const user = await within.users.lock(known.id);
    if (!user) throw loginOver();
    if (user.closingAt) return user.closingAt;
    if (user.role === 'admin' && admins.every((id) => id === user.id)) throw lastAdmin();
    const days = user.role === 'guest' ? 0 : closingDays;
    const closingAt = new Date(Date.now() + days * DAY_MS);
    await within.users.update(user.id, { closingAt });
    await within.logins.endAll(user.id);
    if (user.role !== 'guest') await within.audit.record(entryOf(user.id, closingAt));
    if (user.email) {
      const notice = { kind: 'notice', email: user.email, notice: 'account_closing' } as const;
      await within.accountMails.request(notice);
    }
    return closingAt;
  }

  return {
    async close(userId, caller, password) {
      const known = await stores.users.byId(userId);
      if (!known) throw loginOver();
      if (password !== undefined) await confirmPassword(known, password, caller, 'password');
      const closingAt = await transact((within) => closeWithin(within, known));
      sendMails();
      await stopAnswers(userId).catch((error: unknown) => {
        logger.warn({ err: error, userId }, 'answers of a closed account go on to their end');
      });
      return closingAt;
    },
  };
}

/** Without an address: the log is kept for ever, and the person has just asked to be forgotten. */
function entryOf(id: string, closingAt: Date) {
  const target = { targetType: 'user', targetId: id };
  const detail = { closesAt: closingAt.toISOString() };
  return { actorId: id, action: 'account.close', ...target, detail, address: null };
}

function loginOver(): AppError {
  return new AppError(401, 'unauthenticated', '请先登录。');
}

function lastAdmin(): AppError {
  return new AppError(409, 'conflict', '这是最后一位管理员，请先把管理员身份交给别人。');
}
