import type { Logger } from '../../logger.ts';
import { isLostConnection } from '../database/lost-connection.ts';

/** The job handlers under way; what one throws is logged and handed back, and goes no further. */
export interface RunningHandlers {
  run(handler: (jobId: string) => Promise<void>, jobId: string): Promise<{ failure?: unknown }>;
  count(): number;
  /** Resolves once none is left. */
  finished(): Promise<void>;
}

export function createRunningHandlers(logger: Logger): RunningHandlers {
  const running = new Set<Promise<unknown>>();
  return {
    async run(handler, jobId) {
      const call = (async () => handler(jobId))()
        .then(() => ({}))
        .catch((error: unknown) => {
          // The row of the job stays as it is; it is delivered again when the database is back.
          const level = isLostConnection(error) ? 'warn' : 'error';
          logger[level]({ err: error, jobId }, 'job handler failed');
          return { failure: error };
        })
        .finally(() => running.delete(call));
      running.add(call);
      return call;
    },
    count: () => running.size,
    async finished() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
