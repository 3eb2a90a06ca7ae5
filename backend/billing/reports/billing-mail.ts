import { z } from 'zod';

/**
 * A mail about somebody's balance or the books of the site, as a job carries it. What it says, and to which address, is found
 * out at the moment of sending.
 */
export const billingMailSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('monthly_statement'),
    userId: z.uuid(),
    /** Of Beijing's calendar: `2026-10`. */
    month: z.string().regex(/^\d{4}-\d\d$/),
  }),
  z.object({
    kind: z.literal('low_balance'),
    userId: z.uuid(),
    /** What a question would have set aside that was refused. */
    needed: z.int().optional(),
  }),
  /** To an administrator. */
  z.object({
    kind: z.literal('books_differ'),
    userId: z.uuid(),
    reconciliationId: z.uuid(),
  }),
]);

export type BillingMail = z.infer<typeof billingMailSchema>;

/** Records, within a transaction, that a mail is to be sent. */
export interface BillingMails {
  request(mail: BillingMail): Promise<void>;
}

export interface WrittenMail {
  /** In a word or two, for files and logs. */
  kind: string;
  to: string;
  subject: string;
  text: string;
}

/** Whoever sends mails; rejects when one could not be handed over. */
export interface StatementMails {
  send(mail: WrittenMail, signal?: AbortSignal): Promise<void>;
}
