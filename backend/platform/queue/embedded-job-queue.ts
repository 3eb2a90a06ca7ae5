import type { Logger } from '../../logger.ts';
import type { JobQueue } from './job-queue.ts';
import { createRunningHandlers } from './running-handlers.ts';

interface Consumer {
  handler: (jobId: string) => Promise<void>;
  concurrency: number;
  running: number;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Holds ids until they are due. Timers may fire early and know no delay above 24 days; this does. */
function createDelays(whenDue: (jobId: string) => void) {
  const timers = new Map<string, NodeJS.Timeout>();
  const arm = (jobId: string, dueAt: number) => {
    const left = dueAt - Date.now();
    if (left <= 0) {
      timers.delete(jobId);
      whenDue(jobId);
    } else {
      timers.set(jobId, setTimeout(arm, Math.min(left, LONGEST_TIMER_MS), jobId, dueAt));
    }
  };
  return {
    add: (jobId: string, delayMs: number) => arm(jobId, Date.now() + delayMs),
    has: (jobId: string) => timers.has(jobId),
    count: () => timers.size,
    clear() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Delivers inside this process. An id is forgotten the moment its handler is called. */
export function createEmbeddedJobQueue(given: { logger: Logger }): JobQueue {
  const waiting = new Set<string>();
  const consumers: Consumer[] = [];
  const handlers = createRunningHandlers(given.logger);
  let state: 'open' | 'closing' | 'closed' = 'open';
  const delays = createDelays((jobId) => {
    waiting.add(jobId);
    dispatch();
  });

  async function deliver(consumer: Consumer, jobId: string): Promise<void> {
    consumer.running += 1;
    await handlers.run(consumer.handler, jobId);
    consumer.running -= 1;
    dispatch();
  }

  function dispatch(): void {
    if (state !== 'open') return;
    for (const jobId of waiting) {
      const free = consumers.find((consumer) => consumer.running < consumer.concurrency);
      if (!free) return;
      waiting.delete(jobId);
      void deliver(free, jobId);
    }
  }

  return {
    async push(jobId, options = {}) {
      if (state === 'closed') throw new Error('the job queue is closed');
      if (waiting.has(jobId) || delays.has(jobId)) return;
      const delayMs = options.delayMs ?? 0;
      if (delayMs > 0) {
        delays.add(jobId, delayMs);
      } else {
        waiting.add(jobId);
        setImmediate(dispatch);
      }
    },
    async consume(handler, { concurrency }) {
      consumers.push({ handler, concurrency, running: 0 });
      setImmediate(dispatch);
    },
    async counts() {
      return { waiting: waiting.size, active: handlers.count(), delayed: delays.count() };
    },
    async close() {
      if (state === 'open') state = 'closing';
      await handlers.finished();
      state = 'closed';
      delays.clear();
      waiting.clear();
    },
  };
}
