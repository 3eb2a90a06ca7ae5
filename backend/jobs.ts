import { z } from 'zod';
import { accountMailSchema } from './accounts/email/account-mails.ts';

export interface JobDefinition<Payload extends z.ZodType> {
  payload: Payload;
  maxAttempts: number;
  /** Made by the scheduler this often, at most one unfinished at a time. */
  everyMs?: number;
}

function job<Payload extends z.ZodType>(definition: JobDefinition<Payload>) {
  return definition;
}

/** With the growing delays about an hour and a half: servers that greylist want to be asked again. */
const MAIL_ATTEMPTS = 24;

/** Every kind of job there is. A worker refuses to start if one of them has no processor. */
export const jobCatalogue = {
  /** Reads a work of the corpus and publishes it. */
  'ingest-work': job({ payload: z.object({ slug: z.string() }), maxAttempts: 5 }),
  /** Puts the vectors of a published work into the current collection. */
  'embed-work': job({ payload: z.object({ workId: z.uuid() }), maxAttempts: 1_000 }),
  /** Makes the two above for whatever is missing or out of date. */
  'complete-library': job({ payload: z.object({}), maxAttempts: 3, everyMs: 60_000 }),
  /** Fails answers whose owner died and gives back what was set aside for them. */
  'sweep-answers': job({ payload: z.object({}), maxAttempts: 1, everyMs: 15_000 }),
  /** Mails the owner of an account: a link to confirm or reset with, or what was changed. */
  'send-account-mail': job({ payload: accountMailSchema, maxAttempts: MAIL_ATTEMPTS }),
  /** Erases accounts that were closed long enough ago, and guests who will not come back. */
  'erase-accounts': job({ payload: z.object({}), maxAttempts: 1, everyMs: 3_600_000 }),
  /** Deletes finished jobs, expired refresh tokens and idempotency keys that nobody can use. */
  'clean-up': job({ payload: z.object({}), maxAttempts: 1, everyMs: 3_600_000 }),
};

export type JobCatalogue = typeof jobCatalogue;
export type JobKind = keyof JobCatalogue;
export type JobPayload<Kind extends JobKind> = z.infer<JobCatalogue[Kind]['payload']>;

/** Thrown by a processor when trying again is of no use: the job fails at once. */
export class HopelessJob extends Error {
  override name = 'HopelessJob';
}

export interface JobContext {
  report(stage: string, done: number, total: number): Promise<void>;
  /** Aborts when the worker stops or the job is no longer this worker's. */
  signal: AbortSignal;
}

/** Must be safe to run again: delivery is at least once. */
export type JobProcessors = {
  [Kind in JobKind]: (payload: JobPayload<Kind>, context: JobContext) => Promise<void>;
};
