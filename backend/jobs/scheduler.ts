import { type JobKind, jobCatalogue } from '../jobs.ts';
import type { Logger } from '../logger.ts';
import type { Lock } from '../platform/lock/lock.ts';
import { lastSlot } from './daily-slot.ts';
import { RECURRING } from './job-archive.ts';
import type { JobService } from './job-service.ts';

export const TICK_MS = 5_000;

/**
 * Makes the recurring jobs and repeats lost wake-up calls. Any number of schedulers may run: a lock
 * lets one of them work at a time, and a job that is still unfinished is not made a second time.
 */
export function createScheduler(jobs: JobService, lock: Lock, logger: Logger) {
  const lastMade = new Map<JobKind, number>();
  const lastSlots = new Map<JobKind, string>();
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  async function makeDueJobs(): Promise<void> {
    const now = Date.now();
    for (const kind of Object.keys(jobCatalogue) as JobKind[]) {
      await makeForSlot(kind, new Date(now));
      const everyMs = 'everyMs' in jobCatalogue[kind] ? jobCatalogue[kind].everyMs : undefined;
      if (everyMs === undefined || now - (lastMade.get(kind) ?? 0) < everyMs) continue;
      lastMade.set(kind, now);
      // Recurring jobs take no payload.
      await jobs.enqueue(kind as 'sweep-answers', {}, { dedupeKey: RECURRING });
    }
  }

  /** What was missed while no scheduler ran is made up for, once. */
  async function makeForSlot(kind: JobKind, now: Date): Promise<void> {
    const at = 'at' in jobCatalogue[kind] ? jobCatalogue[kind].at : undefined;
    if (at === undefined) return;
    const slot = lastSlot(at, now);
    if (lastSlots.get(kind) === slot) return;
    await jobs.enqueueOnce(kind as 'reconcile-ledger', {}, slot);
    lastSlots.set(kind, slot);
  }

  async function tick(): Promise<void> {
    try {
      await lock.tryWithLock('scheduler', TICK_MS * 2, async () => {
        await makeDueJobs();
        await jobs.wakeDue();
      });
    } catch (error) {
      logger.warn({ err: error }, 'scheduler missed a beat');
    }
  }

  return {
    async start() {
      timer = setInterval(() => {
        ticking = ticking.then(tick);
      }, TICK_MS);
      await tick();
    },
    async stop() {
      clearInterval(timer);
      await ticking;
    },
  };
}
