import type { Logger } from '../logger.ts';

/** What ioredis says to commands that it gives up; Bull leaves some of its own alone while it closes. */
const GIVEN_UP = /^Connection is closed/;

/**
 * What nobody caught ends the process, since nobody knows what it left half done; the log, and whoever
 * is told of errors, hear of it first. A command to Redis that was given up left nothing half done: what
 * hangs on its outcome waits for it.
 */
export function logCrashes(logger: Logger, flush: () => Promise<void>): void {
  let ending = false;
  process.on('uncaughtException', (error, origin) => {
    if (origin === 'unhandledRejection' && GIVEN_UP.test(error.message)) {
      logger.warn({ err: error }, 'a command to Redis was given up');
      return;
    }
    // A second one while the first is being told.
    if (ending) process.exit(1);
    ending = true;
    logger.fatal({ err: error, origin }, 'the process ends by an error that nobody caught');
    logger.flush();
    flush().finally(() => process.exit(1));
  });
}
