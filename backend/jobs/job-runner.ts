import { HopelessJob, type JobKind, type JobProcessors, jobCatalogue } from '../jobs.ts';
import type { Logger } from '../logger.ts';
import type { JobQueue } from '../platform/queue/job-queue.ts';
import { type Job, retryDelayMs } from './job.ts';
import type { JobStore } from './job-store.ts';

const LEASE_MS = 60_000;
const RENEW_MS = 15_000;

function isKnown(kind: string): kind is JobKind {
  return kind in jobCatalogue;
}

/**
 * Runs the jobs whose ids the queue delivers. The row decides: it is claimed with a lease, so that of
 * two deliveries one works; a failed attempt is put back with growing delay until attempts run out.
 */
export function createJobRunner(parts: {
  store: JobStore;
  queue: JobQueue;
  processors: JobProcessors;
  logger: Logger;
}) {
  const { store, queue, processors, logger } = parts;
  const stopping = new AbortController();

  async function process(job: Job, signal: AbortSignal): Promise<void> {
    if (!isKnown(job.kind)) throw new Error(`unknown kind of job: ${job.kind}`);
    const payload = jobCatalogue[job.kind].payload.parse(job.payload);
    const report = (stage: string, done: number, total: number) => {
      signal.throwIfAborted();
      return store.report(job.id, { stage, done, total });
    };
    const processor = processors[job.kind] as (
      payload: unknown,
      context: { report: typeof report; signal: AbortSignal },
    ) => Promise<void>;
    await processor(payload, { report, signal });
  }

  async function attempt(job: Job): Promise<void> {
    const lost = new AbortController();
    const renewal = setInterval(() => {
      store.renew(job.id, LEASE_MS).then(
        (mine) => mine || lost.abort(new Error('the job was taken away')),
        (error: unknown) => logger.warn({ err: error, jobId: job.id }, 'lease not renewed'),
      );
    }, RENEW_MS);
    try {
      await process(job, AbortSignal.any([stopping.signal, lost.signal]));
      await store.succeed(job.id);
    } catch (error) {
      await handleFailure(job, error);
    } finally {
      clearInterval(renewal);
    }
  }

  async function handleFailure(job: Job, error: unknown): Promise<void> {
    const stopped = stopping.signal.aborted;
    const hopeless = error instanceof HopelessJob;
    const last = !stopped && (hopeless || job.attempts >= job.maxAttempts);
    const delayMs = stopped ? 0 : retryDelayMs(job.attempts);
    const context = { err: error, jobId: job.id, kind: job.kind, attempts: job.attempts };
    if (hopeless) logger.warn(context, 'job given up');
    else if (last) logger.error(context, 'job failed');
    else logger.warn(context, 'job will be tried again');
    const message = error instanceof Error ? error.message : String(error);
    await store.fail(job.id, message, last ? undefined : delayMs);
    if (!last && !stopped) await queue.push(job.id, { delayMs });
  }

  return {
    start: (concurrency: number) =>
      queue.consume(
        async (jobId) => {
          if (stopping.signal.aborted) return;
          const job = await store.claim(jobId, LEASE_MS);
          if (job) await attempt(job);
        },
        { concurrency },
      ),
    /** Running jobs stop at their next report and are put back for the next worker. */
    stop() {
      stopping.abort(new Error('the worker is stopping'));
    },
  };
}
