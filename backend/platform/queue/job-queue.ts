/**
 * Carries the ids of jobs from whoever enqueued them to a worker that runs them.
 *
 * The job itself (name, payload, attempts, progress) is a row in the database; the queue only wakes
 * somebody up. Both adapters promise:
 * - at-least-once delivery: a handler may see an id again and must be idempotent;
 * - one consumer per delivery, at most `concurrency` handlers at a time per `consume` call;
 * - `delayMs` is a lower bound;
 * - no retries of their own: a handler that rejects is logged and the delivery ends there
 *   (the job runner decides on retries and pushes again);
 * - pushing an id that is still waiting or delayed delivers it once; after delivery it may be
 *   pushed again;
 * - `close` waits for running handlers, then releases every connection.
 * Deliveries that were pushed but not consumed may be lost when the process ends (embedded) or
 * survive (Bull); the sweeper of the job store pushes unfinished jobs again, so neither loses work.
 */
export interface JobQueue {
  /** `kind` is for people who look at the queue. */
  push(jobId: string, options?: { delayMs?: number; kind?: string }): Promise<void>;
  consume(
    handler: (jobId: string) => Promise<void>,
    options: { concurrency: number },
  ): Promise<void>;
  counts(): Promise<{ waiting: number; active: number; delayed: number }>;
  close(): Promise<void>;
}
