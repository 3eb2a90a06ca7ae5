import { type JobKind, type JobPayload, jobCatalogue } from '../jobs.ts';
import type { Logger } from '../logger.ts';
import type { JobQueue } from '../platform/queue/job-queue.ts';
import type { JobStore } from './job-store.ts';

export interface JobService {
  /**
   * Records a job, then wakes a worker. If the wake-up call gets lost the sweeper repeats it, so
   * what counts is the row. `dedupeKey` allows one unfinished job of a kind and key.
   */
  enqueue<Kind extends JobKind>(
    kind: Kind,
    payload: JobPayload<Kind>,
    dedupeKey?: string,
  ): Promise<void>;
  /** The same, unless a job of that kind and key is known at all, finished or not. */
  enqueueOnce<Kind extends JobKind>(
    kind: Kind,
    payload: JobPayload<Kind>,
    dedupeKey: string,
  ): Promise<void>;
  /** Wakes workers for jobs that are due and forgotten. */
  wakeDue(): Promise<void>;
  unfinished(kind: JobKind): Promise<number>;
}

const WAKE_AT_MOST = 500;

export function createJobService(store: JobStore, queue: JobQueue, logger: Logger): JobService {
  async function wake(id: string): Promise<void> {
    await queue.push(id).catch((error: unknown) => {
      logger.warn({ err: error, jobId: id }, 'worker not woken, the sweeper will');
    });
  }
  const enqueue: JobService['enqueue'] = async (kind, payload, dedupeKey) => {
    const { maxAttempts } = jobCatalogue[kind];
    const id = await store.insert({ kind, payload, maxAttempts, dedupeKey });
    if (id) await wake(id);
  };
  return {
    enqueue,
    async enqueueOnce(kind, payload, dedupeKey) {
      if (!(await store.knows(kind, dedupeKey))) await enqueue(kind, payload, dedupeKey);
    },
    async wakeDue() {
      for (const id of await store.due(WAKE_AT_MOST)) await wake(id);
    },
    unfinished: (kind) => store.unfinished([kind]),
  };
}
