import { z } from 'zod';
import { accountMailSchema } from './accounts/email/account-mails.ts';
import { billingMailSchema } from './billing/reports/billing-mail.ts';
import type { DailySlot } from './jobs/daily-slot.ts';

export interface JobDefinition<Payload extends z.ZodType> {
  payload: Payload;
  maxAttempts: number;
  /** May take minutes: such jobs have a queue of their own, so that none waits behind them. */
  long?: boolean;
  /** Made by the scheduler this often, at most one unfinished at a time. */
  everyMs?: number;
  /** Made by the scheduler once for each such hour of Beijing's clock; late is better than never. */
  at?: DailySlot;
}

function job<Payload extends z.ZodType>(definition: JobDefinition<Payload>) {
  return definition;
}

/** With the growing delays about an hour and a half: servers that greylist want to be asked again. */
const MAIL_ATTEMPTS = 24;

/** Every kind of job there is. A worker refuses to start if one of them has no processor. */
export const jobCatalogue = {
  /** Reads a work of the corpus and publishes it. */
  'ingest-work': job({ payload: z.object({ slug: z.string() }), maxAttempts: 5, long: true }),
  /** Reads a document that was uploaded, up to a preview or into the library. */
  'ingest-document': job({
    payload: z.object({
      documentId: z.uuid(),
      version: z.int(),
      until: z.enum(['segmented', 'published']),
    }),
    maxAttempts: 5,
    long: true,
  }),
  /** Has a model write translations and likely questions for the passages of a document. */
  'enrich-document': job({
    payload: z.object({ documentId: z.uuid(), offPeak: z.boolean() }),
    maxAttempts: 10,
    long: true,
  }),
  /**
   * Takes vectors of a work out of Chroma whose passages are gone, and adds what it lacks; of a
   * document that is gone, takes all out.
   */
  'remove-vectors': job({
    payload: z.object({ workId: z.uuid(), gone: z.boolean().default(false) }),
    maxAttempts: 1_000,
  }),
  /** Compares what is kept of the library in several places, and puts right what differs. */
  'check-library': job({ payload: z.object({}), maxAttempts: 3, long: true, at: { hour: 3 } }),
  /** Puts the vectors of a published work into a vector space; the active one when left out. */
  'embed-work': job({
    payload: z.object({ workId: z.uuid(), space: z.string().optional() }),
    maxAttempts: 1_000,
    long: true,
  }),
  /** Makes the two above for whatever is missing or out of date. */
  'complete-library': job({ payload: z.object({}), maxAttempts: 3, everyMs: 60_000 }),
  /** Fails answers whose owner died and gives back what was set aside for them. */
  'sweep-answers': job({ payload: z.object({}), maxAttempts: 1, everyMs: 15_000 }),
  /** Names a conversation by what it is about. */
  'title-session': job({ payload: z.object({ sessionId: z.uuid() }), maxAttempts: 3 }),
  /** Folds what was said longest ago into the summary of a conversation. */
  'summarise-session': job({ payload: z.object({ sessionId: z.uuid() }), maxAttempts: 3 }),
  /** Mails the owner of an account: a link to confirm or reset with, or what was changed. */
  'send-account-mail': job({ payload: accountMailSchema, maxAttempts: MAIL_ATTEMPTS }),
  /** Erases accounts that were closed long enough ago, and guests who will not come back. */
  'erase-accounts': job({ payload: z.object({}), maxAttempts: 1, everyMs: 3_600_000 }),
  /** Sums up what was used, by the hour. */
  'roll-up-usage': job({ payload: z.object({}), maxAttempts: 3, everyMs: 10 * 60_000 }),
  /** Compares what is kept of the ledger, and what was used, with the ledger itself. */
  'reconcile-ledger': job({ payload: z.object({}), maxAttempts: 3, at: { hour: 4 } }),
  /** Asks for a statement of the month before to everybody who used something. */
  'monthly-statement': job({
    payload: z.object({}),
    maxAttempts: 5,
    at: { dayOfMonth: 1, hour: 9 },
  }),
  /** Writes and mails a statement, or says that a balance runs low. */
  'send-billing-mail': job({ payload: billingMailSchema, maxAttempts: MAIL_ATTEMPTS }),
  /** Asks WeChat about orders that may have been paid without our knowing. */
  'query-orders': job({ payload: z.object({}), maxAttempts: 1, everyMs: 30_000 }),
  /** Closes orders that ran out, at WeChat and here. */
  'close-orders': job({ payload: z.object({}), maxAttempts: 1, everyMs: 60_000 }),
  /** Asks for refunds that were recorded, and what became of them. */
  'query-refunds': job({ payload: z.object({}), maxAttempts: 1, everyMs: 60_000 }),
  /** Compares days that are over with WeChat Pay's bill; a day is done once. */
  'reconcile-payments': job({ payload: z.object({}), maxAttempts: 1, everyMs: 1_800_000 }),
  /** Deletes finished jobs, expired refresh tokens and idempotency keys that nobody can use. */
  'clean-up': job({ payload: z.object({}), maxAttempts: 1, everyMs: 3_600_000 }),
};

export type JobCatalogue = typeof jobCatalogue;
export type JobKind = keyof JobCatalogue;
export const JOB_KINDS = Object.keys(jobCatalogue) as JobKind[];
export type JobPayload<Kind extends JobKind> = z.infer<JobCatalogue[Kind]['payload']>;

/** Thrown by a processor when trying again is of no use: the job fails at once. */
export class HopelessJob extends Error {
  override name = 'HopelessJob';
}

/**
 * The reason a processor's signal aborts with when somebody has cancelled the job; thrown by a
 * processor itself when what the job is about is no longer there.
 */
export class JobCancelled extends Error {
  override name = 'JobCancelled';
}

/** Thrown by a processor whose hour has not come: the job waits until then, and no attempt is lost. */
export class PostponedJob extends Error {
  override name = 'PostponedJob';
  readonly until: Date;

  constructor(until: Date, message = 'postponed') {
    super(message);
    this.until = until;
  }
}

export interface JobContext {
  jobId: string;
  /**
   * How far it is. As often as one likes: what is written is at most two a second, each stage at
   * least once, and the last word always. Rejects once `signal` is aborted.
   */
  report(stage: string, done: number, total: number): Promise<void>;
  /** What is kept with the job when it ends, as JSON; the last one counts. */
  setResult(result: unknown): void;
  /** Aborts when the worker stops, somebody cancels, or the job is no longer this worker's. */
  signal: AbortSignal;
}

export interface JobEnd<Kind extends JobKind> {
  jobId: string;
  payload: JobPayload<Kind>;
  /** `retried`: it failed or was cancelled, and somebody has put it back into the queue. */
  outcome: 'done' | 'failed' | 'cancelled' | 'retried';
  error: string | null;
}

/**
 * What a domain does in the transaction in which a job ends, with the stores of that transaction. It
 * may be any process that ends it; the row of the job is locked, so lock nothing beforehand elsewhere
 * that is locked here as well.
 */
export type OnJobEnd<Stores> = {
  [Kind in JobKind]?: (stores: Stores, end: JobEnd<Kind>) => Promise<void>;
};

/** Must be safe to run again: delivery is at least once. */
export type JobProcessors = {
  [Kind in JobKind]: (payload: JobPayload<Kind>, context: JobContext) => Promise<void>;
};
