import type { Knex } from 'knex';
import { fromRow } from '../../platform/database/row.ts';

export type EmailTokenPurpose = 'verify_email' | 'reset_password';

/** What a link in a mail is good for. */
export interface EmailToken {
  tokenHash: string;
  userId: string;
  purpose: EmailTokenPurpose;
  /** Where the mail went. */
  email: string;
  expiresAt: Date;
}

export interface EmailTokenStore {
  insert(token: EmailToken): Promise<void>;
  /**
   * Whether somebody of the account still wants that address: there is a token for it, mailed or not,
   * that has neither expired nor been voided.
   */
  isWanted(userId: string, email: string): Promise<boolean>;
  /** Looks without using it up. */
  find(tokenHash: string, purpose: EmailTokenPurpose): Promise<EmailToken | undefined>;
  /**
   * Takes a token that has not expired, for exactly one of several callers; in the transaction of
   * its effect, so that either both happen or neither.
   */
  consume(tokenHash: string, purpose: EmailTokenPurpose): Promise<EmailToken | undefined>;
  voidAll(userId: string, purpose: EmailTokenPurpose): Promise<void>;
  /** Voids everything of a user but links that confirm the excepted addresses. */
  voidOf(userId: string, options: { except: string | null }): Promise<void>;
  /** Voids links that confirm other addresses than these. */
  voidConfirmationsBut(userId: string, emails: readonly string[]): Promise<void>;
  deleteExpiredBefore(moment: Date): Promise<void>;
}

export function createEmailTokenStore(knex: Knex): EmailTokenStore {
  const tokens = () => knex('email_tokens');
  const alive = (token_hash: string, purpose: EmailTokenPurpose) =>
    tokens().where({ token_hash, purpose }).whereRaw('expires_at > clock_timestamp()');
  return {
    async insert({ tokenHash, userId, purpose, email, expiresAt }) {
      await tokens().insert({
        ...{ token_hash: tokenHash, user_id: userId, purpose, email, expires_at: expiresAt },
      });
    },
    async isWanted(userId, email) {
      const row = await tokens()
        .where({ user_id: userId, purpose: 'verify_email', email })
        .whereRaw('expires_at > clock_timestamp()')
        .first('token_hash');
      return row !== undefined;
    },
    async find(tokenHash, purpose) {
      const row = await alive(tokenHash, purpose).first();
      return row && fromRow<EmailToken>(row);
    },
    async consume(tokenHash, purpose) {
      const [row] = await alive(tokenHash, purpose).delete().returning('*');
      return row && fromRow<EmailToken>(row);
    },
    async voidAll(userId, purpose) {
      await tokens().where({ user_id: userId, purpose }).delete();
    },
    async voidOf(userId, { except }) {
      await tokens()
        .where({ user_id: userId })
        .whereNot((query) => query.where({ purpose: 'verify_email', email: except ?? '' }))
        .delete();
    },
    async voidConfirmationsBut(userId, emails) {
      await tokens()
        .where({ user_id: userId, purpose: 'verify_email' })
        .whereNotIn('email', [...emails])
        .delete();
    },
    async deleteExpiredBefore(moment) {
      await tokens().where('expires_at', '<', moment).delete();
    },
  };
}
