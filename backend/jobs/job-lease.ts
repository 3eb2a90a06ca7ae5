import { JobCancelled } from '../jobs.ts';
import type { Logger } from '../logger.ts';
import type { ClaimedJob } from './job.ts';
import type { JobStore } from './job-store.ts';

export interface LeaseTimes {
  leaseMs: number;
  renewMs: number;
}

/**
 * A worker that dies unseen keeps its job until its lease ends, 12 to 15 s later; the sweeper looks
 * every 5 s, so another has it within 20 s. A living one that cannot reach the database, or whose
 * event loop stands still, may miss three renewals in a row before it gives its job up.
 */
export const LEASE_TIMES: LeaseTimes = { leaseMs: 15_000, renewMs: 3_000 };

/**
 * Where no other worker can be, death shows at the next start and nobody waits for a lease. It is
 * long, because the one connection of the embedded database may be busy for minutes with a statement
 * of the job itself, and renewals wait in line behind it.
 */
export const LONE_LEASE_TIMES: LeaseTimes = { leaseMs: 600_000, renewMs: 60_000 };

/** This worker's hold on a job. */
export interface HeldJob {
  /** Aborts when it is held no longer, or shall be stopped. */
  signal: AbortSignal;
  cancelled(): boolean;
  lost(): boolean;
  cancel(): void;
  /** Somebody else has it, or may take it. */
  lose(): void;
  release(): void;
}

/** Of the lease; the rest is for stopping. */
const HELD_SHARE = 0.85;

/**
 * Renews the lease until it is released. Counts by its own clock as well, from before it asked: a
 * worker that cannot reach the database must have stopped before another may begin.
 */
export function holdJob(
  job: ClaimedJob,
  given: {
    store: Pick<JobStore, 'renew'>;
    /** When the job was asked for. */
    askedAt: number;
    times: LeaseTimes;
    logger: Logger;
  },
): HeldJob {
  const { store, times, logger } = given;
  const cancelled = new AbortController();
  const lost = new AbortController();
  const cancel = () => cancelled.abort(new JobCancelled('the job was cancelled'));
  const lose = () => lost.abort(new Error('the job was taken away'));
  const loseIn = (askedAt: number) =>
    setTimeout(lose, askedAt + times.leaseMs * HELD_SHARE - Date.now());
  let expiry = loseIn(given.askedAt);

  async function renew(): Promise<void> {
    const askedAt = Date.now();
    const mine = await store.renew(job, times.leaseMs);
    if (!mine) return lose();
    clearTimeout(expiry);
    expiry = loseIn(askedAt);
    if (mine.cancelRequestedAt) cancel();
  }

  let renewalAt = Date.now() + times.renewMs;
  const renewal = setInterval(() => {
    const late = Date.now() - renewalAt;
    renewalAt = Date.now() + times.renewMs;
    if (late > times.renewMs) {
      // Not the database was away, the event loop stood still: the row says whose the job is.
      clearTimeout(expiry);
      expiry = setTimeout(lose, times.renewMs);
    }
    renew().catch((error: unknown) => {
      logger.warn({ err: error, jobId: job.id }, 'lease not renewed');
    });
  }, times.renewMs);

  return {
    signal: AbortSignal.any([cancelled.signal, lost.signal]),
    cancelled: () => cancelled.signal.aborted,
    lost: () => lost.signal.aborted,
    cancel,
    lose,
    release() {
      clearInterval(renewal);
      clearTimeout(expiry);
    },
  };
}
