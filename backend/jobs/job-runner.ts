import { setTimeout as sleep } from 'node:timers/promises';
import {
  HopelessJob,
  JobCancelled,
  type JobContext,
  type JobKind,
  type JobProcessors,
  jobCatalogue,
  PostponedJob,
} from '../jobs.ts';
import type { Logger } from '../logger.ts';
import { isLostConnection } from '../platform/database/lost-connection.ts';
import { unwatchedAttempt, type WatchAttempt } from './attempt-watch.ts';
import { type ClaimedJob, isOver, retryDelayMs } from './job.ts';
import type { JobEndings } from './job-endings.ts';
import { type HeldJob, holdJob, type LeaseTimes } from './job-lease.ts';
import { createProgressWriter } from './job-progress.ts';
import { type JobQueues, wakeWorker } from './job-service.ts';
import type { JobSignals } from './job-signals.ts';
import type { JobStore } from './job-store.ts';

/** So many workers may die over a job before it is held to be what kills them. */
const MOST_LAPSES = 20;
/** How long to wait with listening for calls when the bus is away. */
const LISTEN_AGAIN_MS = 5_000;
/** So long the queue of a stopping worker may still take deliveries. */
const PASS_ON_AFTER_MS = 250;

function isKnown(kind: string): kind is JobKind {
  return kind in jobCatalogue;
}

/** Made by the scheduler again: nobody has to mend what ends when the database is back. */
function comesAgain({ kind }: ClaimedJob): boolean {
  return isKnown(kind) && 'everyMs' in jobCatalogue[kind];
}

interface Attempt {
  job: ClaimedJob;
  held: HeldJob;
  signal: AbortSignal;
  result: unknown;
}

/**
 * Runs the jobs whose ids the queues deliver. The row decides: it is claimed with a lease, so that of
 * two deliveries one works; a failed attempt is put back with growing delay until attempts run out.
 */
export function createJobRunner(parts: {
  store: JobStore;
  queues: JobQueues;
  endings: JobEndings;
  signals: JobSignals;
  processors: JobProcessors;
  logger: Logger;
  times: LeaseTimes;
  watch?: WatchAttempt;
}) {
  const { store, queues, endings, signals, processors, logger, times } = parts;
  const { watch = unwatchedAttempt } = parts;
  const stopping = new AbortController();
  const running = new Map<string, HeldJob>();
  let deafen: (() => Promise<void>) | undefined;

  async function process(attempt: Attempt): Promise<void> {
    const { job, held, signal } = attempt;
    if (job.cancelRequestedAt) held.cancel();
    signal.throwIfAborted();
    if (job.lapses > MOST_LAPSES) throw new HopelessJob('执行这个任务的进程一再中断，不再重试。');
    if (!isKnown(job.kind)) throw new Error(`unknown kind of job: ${job.kind}`);
    const payload = jobCatalogue[job.kind].payload.parse(job.payload);
    const progress = createProgressWriter(async (news) => {
      const reported = await store.report(job, news);
      if (!reported) return held.lose();
      if (reported.cancelRequestedAt) held.cancel();
      signals.changed(reported);
    });
    const context: JobContext = {
      jobId: job.id,
      signal,
      async report(stage, done, total) {
        signal.throwIfAborted();
        await progress.report({ stage, done, total });
        signal.throwIfAborted();
      },
      setResult(result) {
        attempt.result = result;
      },
    };
    const run = processors[job.kind] as (payload: unknown, context: JobContext) => Promise<void>;
    try {
      await run(payload, context);
    } finally {
      await progress.flush().catch(() => undefined);
    }
  }

  async function attemptAt(
    job: ClaimedJob,
    askedAt: number,
    processing: (work: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const held = holdJob(job, { store, askedAt, times, logger });
    running.set(job.id, held);
    signals.changed(job);
    const signal = AbortSignal.any([stopping.signal, held.signal]);
    const attempt: Attempt = { job, held, signal, result: undefined };
    try {
      await processing(() => process(attempt));
      await endings.end(job, { outcome: 'done', result: attempt.result });
    } catch (error) {
      await handleFailure(attempt, error);
    } finally {
      held.release();
      running.delete(job.id);
    }
  }

  async function handleFailure(attempt: Attempt, error: unknown): Promise<void> {
    const { job, held, result } = attempt;
    const context = { err: error, jobId: job.id, kind: job.kind, attempts: job.attempts };
    if (held.lost()) return logger.warn(context, 'job was taken away');
    if (held.cancelled() || error instanceof JobCancelled) {
      logger.info({ jobId: job.id, kind: job.kind }, 'job cancelled');
      await endings.end(job, { outcome: 'cancelled', result });
    } else if (error instanceof PostponedJob) {
      await putBack(job, { error: null, afterMs: error.until.getTime() - Date.now() });
    } else if (stopping.signal.aborted) {
      logger.warn(context, 'job is left to the next worker');
      await putBack(job, { error: messageOf(error), afterMs: 0 });
    } else if (error instanceof HopelessJob || job.attempts >= job.maxAttempts) {
      logFailure(job, error, context);
      await endings.end(job, { outcome: 'failed', error: messageOf(error), result });
    } else {
      logger.warn(context, 'job will be tried again');
      const afterMs = retryDelayMs(job.attempts);
      await putBack(job, { error: messageOf(error), afterMs, counts: true });
    }
  }

  function logFailure(job: ClaimedJob, error: unknown, context: object): void {
    if (error instanceof HopelessJob) logger.warn(context, 'job given up');
    else if (comesAgain(job) && isLostConnection(error)) {
      logger.warn(context, 'job failed without the database');
    } else logger.error(context, 'job failed');
  }

  async function putBack(
    job: ClaimedJob,
    given: { error: string | null; afterMs: number; counts?: boolean },
  ): Promise<void> {
    const { error, counts = false } = given;
    const delayMs = Math.max(0, given.afterMs);
    const again = await store.putBack(job, { error, afterMs: delayMs, counts });
    if (!again) return;
    signals.changed(again);
    await wakeWorker(queues, { id: job.id, kind: job.kind, delayMs });
  }

  async function deliver(jobId: string): Promise<void> {
    if (stopping.signal.aborted) return passOn(jobId);
    const askedAt = Date.now();
    const job = await store.claim(jobId, times.leaseMs);
    if (job) await watch(job, (processing) => attemptAt(job, askedAt, processing));
  }

  /** What still arrives while this worker stops goes to another, or the sweeper would have to find it. */
  async function passOn(jobId: string): Promise<void> {
    const job = await store.byId(jobId);
    if (job && !isOver(job)) await wakeWorker(queues, { ...job, delayMs: PASS_ON_AFTER_MS });
  }

  /** A worker that cannot hear learns of a cancel when it reports or renews. */
  async function listen(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        deafen = await signals.onCancel((jobId) => running.get(jobId)?.cancel());
        return;
      } catch (error) {
        logger.debug({ err: error }, 'worker cannot hear of cancelled jobs yet');
        await sleep(LISTEN_AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  return {
    /** So many jobs at a time of those that are soon done, and of those that take long. */
    async start(concurrency: { short: number; long: number }): Promise<void> {
      void listen();
      await queues.queue.consume(deliver, { concurrency: concurrency.short });
      await queues.longQueue.consume(deliver, { concurrency: concurrency.long });
    },
    /** Running jobs stop at their next report and are put back for the next worker. */
    async stop(): Promise<void> {
      stopping.abort(new Error('the worker is stopping'));
      await deafen?.().catch(() => undefined);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
