import { type JobKind, type JobPayload, jobCatalogue } from '../jobs.ts';
import type { Logger } from '../logger.ts';
import type { JobQueue } from '../platform/queue/job-queue.ts';
import type { JobStore, NewJob } from './job-store.ts';

export interface JobOptions {
  /** One unfinished job of a kind and key: asking again gives the one that is there. */
  dedupeKey?: string;
  /** The document it is about. */
  subjectId?: string;
  runAfter?: Date;
}

export interface JobService {
  /**
   * Records a job, then wakes a worker; returns its id. If the wake-up call gets lost the sweeper
   * repeats it, so what counts is the row.
   */
  enqueue<Kind extends JobKind>(
    kind: Kind,
    payload: JobPayload<Kind>,
    options?: JobOptions,
  ): Promise<string>;
  /** The same, unless a job of that kind and key is known at all, finished or not. */
  enqueueOnce<Kind extends JobKind>(
    kind: Kind,
    payload: JobPayload<Kind>,
    dedupeKey: string,
  ): Promise<void>;
  /** Wakes a worker for a job that a transaction has recorded. */
  wake(job: { id: string; kind: string; delayMs?: number }): Promise<void>;
  /** Wakes workers for jobs that are due and forgotten. */
  wakeDue(): Promise<void>;
  unfinished(kind: JobKind): Promise<number>;
}

/** Jobs that may take long wait in a queue of their own. */
export interface JobQueues {
  queue: JobQueue;
  longQueue: JobQueue;
}

const WAKE_AT_MOST = 500;
/**
 * A queue delivers an id that it holds back no earlier for being pushed again. So what is due later
 * than this is left to the sweeper, or whoever begins it anew would wait for the old hour.
 */
const LONGEST_DELAY_MS = 10_000;

/** A job as the store takes it; with the store of a transaction it is recorded with its reason. */
export function newJob<Kind extends JobKind>(
  kind: Kind,
  payload: JobPayload<Kind>,
  options: JobOptions = {},
): NewJob {
  return { kind, payload, maxAttempts: jobCatalogue[kind].maxAttempts, ...options };
}

/** Wakes a worker for a job, now or a little later. */
export async function wakeWorker(
  queues: JobQueues,
  { id, kind, delayMs = 0 }: { id: string; kind: string; delayMs?: number },
): Promise<void> {
  if (delayMs > LONGEST_DELAY_MS) return;
  const isLong = kind in jobCatalogue && 'long' in jobCatalogue[kind as JobKind];
  await (isLong ? queues.longQueue : queues.queue).push(id, { kind, delayMs });
}

export function createJobService(store: JobStore, queues: JobQueues, logger: Logger): JobService {
  const wake: JobService['wake'] = async (job) => {
    await wakeWorker(queues, job).catch((error: unknown) => {
      logger.warn({ err: error, jobId: job.id }, 'worker not woken, the sweeper will');
    });
  };
  const enqueue: JobService['enqueue'] = async (kind, payload, options = {}) => {
    const { dedupeKey, runAfter } = options;
    const made = await store.insert(newJob(kind, payload, options));
    if (made) {
      const delayMs = Math.max(0, (runAfter?.getTime() ?? 0) - Date.now());
      await wake({ id: made, kind, delayMs });
      return made;
    }
    const twin = dedupeKey && (await store.unfinishedTwin(kind, dedupeKey));
    // None: it came to its end in between.
    return twin || enqueue(kind, payload, options);
  };
  return {
    enqueue,
    async enqueueOnce(kind, payload, dedupeKey) {
      if (!(await store.knows(kind, dedupeKey))) await enqueue(kind, payload, { dedupeKey });
    },
    wake,
    async wakeDue() {
      for (const job of await store.due(WAKE_AT_MOST)) await wake(job);
    },
    unfinished: (kind) => store.unfinished([kind]),
  };
}
