import { type JobEnd, type JobKind, jobCatalogue, type OnJobEnd } from '../jobs.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { Job, Lease } from './job.ts';
import type { JobSignals } from './job-signals.ts';
import type { Ending, JobStore } from './job-store.ts';

/**
 * The ways a job comes to its end, and back from it. What a domain does about it happens in the same
 * transaction. Undefined where the job is not, or no longer, in a state to end like that.
 */
export interface JobEndings {
  /** By the worker that holds it. */
  end(lease: Lease, ending: Ending): Promise<Job | undefined>;
  /** A job that nobody works on. */
  cancelIdle(id: string): Promise<Job | undefined>;
  retry(id: string): Promise<Job | undefined>;
}

export function createJobEndings<Stores extends { jobs: JobStore }>(parts: {
  transact: Transact<Stores>;
  onEnd: OnJobEnd<Stores>;
  signals: JobSignals;
  /** Wakes workers for jobs that were recorded. */
  wake: () => void;
}): JobEndings {
  const { transact, onEnd, signals, wake } = parts;

  async function tell(stores: Stores, job: Job, outcome: JobEnd<JobKind>['outcome']) {
    const hook = onEnd[job.kind as JobKind] as
      | ((stores: Stores, end: JobEnd<JobKind>) => Promise<void>)
      | undefined;
    const payload = hook && jobCatalogue[job.kind as JobKind].payload.safeParse(job.payload);
    // An unreadable payload belongs to no domain; such a job can only fail.
    if (!payload?.success) return;
    const { data } = payload as { data: JobEnd<JobKind>['payload'] };
    await hook?.(stores, { jobId: job.id, payload: data, outcome, error: job.error });
  }

  async function change(
    outcome: JobEnd<JobKind>['outcome'],
    make: (jobs: JobStore) => Promise<Job | undefined>,
  ): Promise<Job | undefined> {
    const changed = await transact(async (stores) => {
      const job = await make(stores.jobs);
      if (job) await tell(stores, job, outcome);
      return job;
    });
    if (!changed) return undefined;
    signals.changed(changed);
    // What a domain does about an end may be another job.
    if (changed.kind in onEnd) wake();
    return changed;
  }

  return {
    end: (lease, ending) => change(ending.outcome, (jobs) => jobs.end(lease, ending)),
    cancelIdle: (id) => change('cancelled', (jobs) => jobs.cancelIdle(id)),
    retry: (id) => change('retried', (jobs) => jobs.retry(id)),
  };
}
