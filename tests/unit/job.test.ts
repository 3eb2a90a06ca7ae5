import { jest } from '@jest/globals';
import {
  type ClaimedJob,
  type Job,
  type Progress,
  remainingSeconds,
  retryDelayMs,
} from '../../backend/jobs/job.ts';
import { holdJob, LEASE_TIMES, type LeaseTimes } from '../../backend/jobs/job-lease.ts';
import { createProgressWriter } from '../../backend/jobs/job-progress.ts';
import type { JobStore } from '../../backend/jobs/job-store.ts';
import { TICK_MS } from '../../backend/jobs/scheduler.ts';
import { aWhile } from '../support/eventually.ts';
import { silentLogger } from '../support/redis-space.ts';

describe('the time that is left of a stage', () => {
  const begun = new Date('2026-11-21T08:00:00Z');
  const job = (more: Partial<Job>) =>
    ({
      ...{ status: 'running', stageAt: begun, stageFrom: 200, done: 600, total: 1_000 },
      progressAt: new Date(begun.getTime() + 20_000),
      ...more,
    }) as Job;

  it('goes by the pace of this worker, not by what another had done before', () => {
    expect(remainingSeconds(job({}))).toBe(20);
    expect(remainingSeconds(job({ done: 201 }))).toBe(15_980);
  });

  it('is not guessed at', () => {
    expect(remainingSeconds(job({ done: 200 }))).toBeNull();
    expect(remainingSeconds(job({ done: 1_000 }))).toBeNull();
    expect(remainingSeconds(job({ progressAt: new Date(begun.getTime() + 900) }))).toBeNull();
    expect(remainingSeconds(job({ stageAt: null }))).toBeNull();
    expect(remainingSeconds(job({ status: 'queued' }))).toBeNull();
  });
});

it('waits longer after each failed attempt, but no longer than five minutes', () => {
  expect([1, 2, 3, 50].map(retryDelayMs)).toEqual([2_000, 4_000, 8_000, 300_000]);
});

describe('progress that is written', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function writer() {
    const written: Progress[] = [];
    const { report, flush } = createProgressWriter(async (progress) => void written.push(progress));
    return {
      written: () => written.map(({ stage, done }) => `${stage} ${done}`),
      report: (stage: string, done: number) => report({ stage, done, total: 9 }),
      flush,
    };
  }

  it('is the first word of each stage, then two a second at most', async () => {
    const { report, written } = writer();
    for (let done = 0; done <= 5; done += 1) await report('parsed', done);
    await report('embedded', 0);
    await report('embedded', 1);
    await report('embedded', 2);
    expect(written()).toEqual(['parsed 0', 'embedded 0']);
    await jest.advanceTimersByTimeAsync(500);
    expect(written()).toEqual(['parsed 0', 'embedded 0', 'embedded 2']);
    await report('embedded', 3);
    await jest.advanceTimersByTimeAsync(100);
    expect(written()).toHaveLength(3);
  });

  it('is the last word in any case', async () => {
    const { report, flush, written } = writer();
    await report('embedded', 0);
    await report('embedded', 9);
    await flush();
    await flush();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(written()).toEqual(['embedded 0', 'embedded 9']);
  });
});

describe('a job in the hands of a worker', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function held({ renew, times = LEASE_TIMES }: { renew: JobStore['renew']; times?: LeaseTimes }) {
    const job = { id: 'job', leaseToken: 'token' } as ClaimedJob;
    return holdJob(job, { store: { renew }, askedAt: Date.now(), times, logger: silentLogger });
  }

  /** The database is away until so many renewals have failed. */
  function failing(times: number): JobStore['renew'] {
    let left = times;
    return async () => {
      left -= 1;
      if (left >= 0) throw new Error('the database is away');
      return {} as Job;
    };
  }

  it('stays with one that misses three renewals', async () => {
    const job = held({ renew: failing(3) });
    await jest.advanceTimersByTimeAsync(600_000);
    expect(job.lost()).toBe(false);
    job.release();
  });

  it('slips from one that hears nothing, well before another may take it up', async () => {
    const job = held({ renew: failing(Infinity) });
    await jest.advanceTimersByTimeAsync(LEASE_TIMES.leaseMs - 2_000);
    expect(job.lost()).toBe(true);
    job.release();
  });

  it('stays with one whose event loop stood still, if nobody has taken it up meanwhile', async () => {
    jest.useRealTimers();
    const times = { leaseMs: 300, renewMs: 60 };
    const mine = async () => ({}) as Job;
    const taken = async () => undefined;
    const [job, lost] = [mine, taken].map((renew) => held({ renew, times }));
    const until = Date.now() + times.leaseMs;
    while (Date.now() < until);
    await aWhile(times.renewMs * 2);
    expect([job?.lost(), lost?.lost()]).toEqual([false, true]);
    for (const each of [job, lost]) each?.release();
  });

  it('waits for 20 seconds at most when its worker has died', () => {
    expect(LEASE_TIMES.leaseMs + TICK_MS).toBeLessThanOrEqual(20_000);
  });
});
