import { z } from 'zod';

/**
 * A mail to the owner of an account, as a job carries it: no token is in it. The link's token is
 * made by the worker at the moment of sending, so that what is stored is never good for anything.
 */
export const accountMailSchema = z.discriminatedUnion('kind', [
  /** To an address that its owner has yet to confirm; it may be a new one for the account. */
  z.object({ kind: z.literal('verify_email'), userId: z.uuid(), email: z.string() }),
  /** Asked for by whoever typed the address: nothing is sent when nobody has it. */
  z.object({ kind: z.literal('reset_password'), email: z.string() }),
  /** Tells the owner what was changed, in case somebody else did it. */
  z.object({
    kind: z.literal('notice'),
    email: z.string(),
    notice: z.enum([
      'password_changed',
      'password_reset',
      'email_changed',
      'wechat_linked',
      'wechat_unlinked',
      'account_closing',
    ]),
  }),
]);

export type AccountMail = z.infer<typeof accountMailSchema>;

/** Records, within a transaction, that a mail is to be sent. */
export interface AccountMails {
  request(mail: AccountMail): Promise<void>;
}
