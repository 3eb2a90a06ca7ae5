import type { Mailer } from '../mail/mailer.ts';
import type { Transact } from '../platform/database/transact.ts';
import { createAccountMailDelivery } from './email/account-mail-delivery.ts';
import { createEmailService, type EmailStores } from './email/email-service.ts';
import { createAttempts } from './passwords/attempts.ts';
import { createLoginThrottle } from './passwords/login-throttle.ts';
import { passwordMatches } from './passwords/password-hash.ts';
import { createPasswordReset } from './passwords/password-reset.ts';
import { createPasswordService, type PasswordStores } from './passwords/password-service.ts';

type Stores = PasswordStores & EmailStores;

export interface PasswordParts {
  mailer: Pick<Mailer, 'send'>;
  /** Where the links in mails lead. */
  publicUrl: string;
}

/** What is known by heart and what is proved by mail; each can replace the other. */
export function composePasswords(
  parts: PasswordParts & {
    stores: Stores;
    transact: Transact<Stores>;
    sendMails(): void;
  },
) {
  const { stores, transact, sendMails } = parts;
  const throttle = createLoginThrottle(createAttempts(transact));
  const given = { stores, transact, throttle, sendMails };
  const passwords = createPasswordService({ ...given, matches: passwordMatches });
  return {
    passwords,
    passwordReset: createPasswordReset(given),
    emails: createEmailService({ stores, transact, passwords, sendMails }),
    mailDelivery: createAccountMailDelivery(parts),
  };
}
