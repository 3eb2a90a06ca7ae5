import { type AttemptStores, countWithin } from '../passwords/attempts.ts';
import type { ThrottleLimit } from '../passwords/throttle.ts';
import type { AccountMail, AccountMails } from './account-mails.ts';

/** Nobody's mailbox is filled by somebody else: three mails, then one every twenty minutes. */
const TO_ONE_ADDRESS: ThrottleLimit = {
  free: 3,
  firstLockSeconds: 20 * 60,
  longestLockSeconds: 60 * 60,
};

/**
 * Records a mail that anybody can ask for, within the caller's transaction; where the address has got
 * enough of them it does not, and returns the seconds until the next one.
 */
export async function requestMailWithin(
  { throttles, accountMails }: AttemptStores & { accountMails: AccountMails },
  mail: AccountMail,
): Promise<number | undefined> {
  const key = { parts: ['mail', mail.email], limit: TO_ONE_ADDRESS };
  const seconds = await countWithin(throttles, [key]);
  if (seconds === undefined) await accountMails.request(mail);
  return seconds;
}
