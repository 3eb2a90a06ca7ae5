import type { Logger } from '../logger.ts';

const DEADLINE_MS = 25_000;
const PARENT_CHECK_MS = 1_000;

/**
 * Stops once, in order, on SIGINT or SIGTERM and when the npm that started us is gone; a second
 * signal or the deadline ends the process at once, with an exit code that says so.
 */
export function stopOnSignal(
  logger: Logger,
  options: { followParent: boolean },
  stop: () => Promise<void>,
): void {
  let stopping = false;
  const onSignal = (reason: string) => {
    if (stopping) {
      logger.warn({ reason }, 'stopped at once');
      process.exit(1);
    }
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.error('did not stop in time');
      process.exit(1);
    }, DEADLINE_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  if (options.followParent) watchParent(() => stopping || onSignal('parent gone'));
}

/** `npm start` killed hard cannot pass the signal on; being adopted by another process tells. */
function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, PARENT_CHECK_MS).unref();
}
