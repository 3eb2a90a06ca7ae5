import { HopelessJob, JOB_KINDS, JobCancelled, PostponedJob } from '../jobs.ts';
import { type Metrics, SECONDS } from '../platform/metrics/metrics.ts';
import { apart } from '../platform/scope.ts';
import { type Tracing, traced, traceparentOf } from '../platform/tracing/tracing.ts';
import type { Job } from './job.ts';

/** Does what a processor does, and sees how it ends. */
type Processing = <Result>(process: () => Promise<Result>) => Promise<Result>;

/** Does one attempt, with all that belongs to it, as part of the work that the job was asked for in. */
export type WatchAttempt = (
  job: Pick<Job, 'id' | 'kind' | 'origin'>,
  attempt: (processing: Processing) => Promise<void>,
) => Promise<void>;

export const unwatchedAttempt: WatchAttempt = (_job, attempt) => attempt((process) => process());

/** Attempts that this process makes: how long they take and how they end. */
export function createAttemptWatch(metrics: Metrics, tracing: Tracing): WatchAttempt {
  const duration = metrics.histogram({
    name: 'job_attempt_seconds',
    help: 'Time that an attempt at a job takes',
    labels: { kind: JOB_KINDS, outcome: ['done', 'failed', 'hopeless', 'cancelled', 'postponed'] },
    buckets: [...SECONDS, 600, 3_600],
  });

  return ({ id, kind, origin }, attempt) => {
    const consumer = {
      kind: 'consumer',
      parent: traceparentOf(origin ?? {}),
      attributes: { 'guoxue.job.id': id, 'guoxue.job.kind': kind },
    } as const;
    const watched = () =>
      traced(
        tracing,
        `job ${kind}`,
        (span) =>
          attempt(async (process) => {
            const began = performance.now();
            let outcome = 'done';
            try {
              return await process();
            } catch (error) {
              outcome = outcomeOf(error);
              span.fail(outcome);
              throw error;
            } finally {
              duration.observe({ kind, outcome }, (performance.now() - began) / 1000);
            }
          }),
        consumer,
      );
    return apart({ ...origin, jobId: id }, watched);
  };
}

function outcomeOf(error: unknown): string {
  if (error instanceof PostponedJob) return 'postponed';
  if (error instanceof JobCancelled) return 'cancelled';
  return error instanceof HopelessJob ? 'hopeless' : 'failed';
}
