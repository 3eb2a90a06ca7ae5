import type { Logger } from '../../logger.ts';

/** The job handlers under way; what one throws is logged and goes no further. */
export interface RunningHandlers {
  run(handler: (jobId: string) => Promise<void>, jobId: string): Promise<void>;
  count(): number;
  /** Resolves once none is left. */
  finished(): Promise<void>;
}

export function createRunningHandlers(logger: Logger): RunningHandlers {
  const running = new Set<Promise<void>>();
  return {
    async run(handler, jobId) {
      const call = (async () => handler(jobId))()
        .catch((error: unknown) => logger.error({ err: error, jobId }, 'job handler failed'))
        .finally(() => running.delete(call));
      running.add(call);
      await call;
    },
    count: () => running.size,
    async finished() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
