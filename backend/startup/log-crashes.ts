import type { Logger } from '../logger.ts';

/**
 * What nobody caught ends the process, since nobody knows what it left half done; the log, and whoever
 * is told of errors, hear of it first.
 */
export function logCrashes(logger: Logger, flush: () => Promise<void>): void {
  process.once('uncaughtException', (error, origin) => {
    logger.fatal({ err: error, origin }, 'the process ends by an error that nobody caught');
    logger.flush();
    // A second one while the first is being told ends it at once.
    flush().finally(() => process.exit(1));
  });
}
