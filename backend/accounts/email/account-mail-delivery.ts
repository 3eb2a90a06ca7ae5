import type { Mail, Mailer } from '../../mail/mailer.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { newToken } from '../one-time-token.ts';
import type { User } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { AccountMail } from './account-mails.ts';
import { emailToken } from './email-token.ts';
import type { EmailTokenPurpose, EmailTokenStore } from './email-token-store.ts';
import { noticeMail, resetMail, verificationMail } from './mail-texts.ts';

export interface DeliveryStores {
  users: Pick<UserStore, 'byEmail' | 'lock'>;
  emailTokens: EmailTokenStore;
}

export interface AccountMailDelivery {
  /**
   * Writes the mail and sends it; what has become pointless meanwhile is not sent. A link's token is
   * made here, so that it stands in the mail and nowhere else; what is stored is its hash.
   */
  deliver(mail: AccountMail, signal?: AbortSignal): Promise<void>;
}

export function createAccountMailDelivery(parts: {
  transact: Transact<DeliveryStores>;
  mailer: Pick<Mailer, 'send'>;
  publicUrl: string;
}): AccountMailDelivery {
  const { transact, mailer, publicUrl } = parts;
  const link = (page: string, token: string) => `${publicUrl}/${page}?token=${token}`;

  async function issue(
    { emailTokens }: DeliveryStores,
    { id }: User,
    purpose: EmailTokenPurpose,
    email: string,
  ): Promise<string> {
    const token = newToken();
    await emailTokens.insert(emailToken(token, { userId: id, purpose, email }));
    return token;
  }

  /**
   * The address may be another than the account has; then it must still be wanted. A mail waits for
   * its server for an hour and more: what the account's owner has voided meanwhile stays void.
   */
  const verificationToken = (userId: string, email: string) =>
    transact(async (within) => {
      const user = await within.users.lock(userId);
      if (!user || !mayGetMail(user)) return undefined;
      if (user.email === email && user.emailVerified) return undefined;
      if (user.email !== email) {
        if (!(await within.emailTokens.isWanted(userId, email))) return undefined;
        if (await within.users.byEmail(email)) return undefined;
      }
      return issue(within, user, 'verify_email', email);
    });

  /** A new one voids those before. */
  const resetToken = (email: string) =>
    transact(async (within) => {
      const known = await within.users.byEmail(email);
      const user = known && (await within.users.lock(known.id));
      if (user?.email !== email || !mayGetMail(user)) return undefined;
      await within.emailTokens.voidAll(user.id, 'reset_password');
      return issue(within, user, 'reset_password', email);
    });

  async function write(mail: AccountMail): Promise<Omit<Mail, 'to'> | undefined> {
    if (mail.kind === 'notice') return noticeMail(mail.notice);
    if (mail.kind === 'verify_email') {
      const token = await verificationToken(mail.userId, mail.email);
      return token === undefined ? undefined : verificationMail(link('verify-email', token));
    }
    const token = await resetToken(mail.email);
    return token === undefined ? undefined : resetMail(link('reset-password', token));
  }

  return {
    async deliver(mail, signal) {
      const written = await write(mail);
      if (written) await mailer.send({ ...written, to: mail.email }, signal);
    },
  };
}

function mayGetMail(user: User): boolean {
  return user.role !== 'guest' && !user.disabledAt && !user.erasedAt && !user.mergedInto;
}
