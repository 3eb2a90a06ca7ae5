import type { AccountMailDelivery } from '../backend/accounts/email/account-mail-delivery.ts';
import type { AccountMail } from '../backend/accounts/email/account-mails.ts';
import { HopelessJob } from '../backend/jobs.ts';
import { MailRefused } from '../backend/mail/mailer.ts';

/** A refusal for good is not tried again; whatever else goes wrong may pass. */
export async function sendAccountMail(
  delivery: AccountMailDelivery,
  mail: AccountMail,
  signal: AbortSignal,
): Promise<void> {
  try {
    await delivery.deliver(mail, signal);
  } catch (error) {
    if (error instanceof MailRefused) throw new HopelessJob(error.message, { cause: error });
    throw error;
  }
}
