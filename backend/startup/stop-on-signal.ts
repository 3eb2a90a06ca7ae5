import { readFileSync } from 'node:fs';
import type { Logger } from '../logger.ts';

/** Beside what the settings give to balancers and answers: for jobs to let go, and for closing. */
const CLOSING_MS = 15_000;
const PARENT_CHECK_MS = 1_000;

/**
 * Stops once, in order, on SIGINT or SIGTERM and when the npm that started us is gone; a second
 * signal or the deadline ends the process at once, with an exit code that says so. Returns whether it
 * has begun to stop.
 */
export function stopOnSignal(
  logger: Logger,
  options: { followParent: boolean; drain: { delayMs: number; timeoutMs: number } },
  stop: () => Promise<void>,
): () => boolean {
  let stopping = false;
  const deadlineMs = options.drain.delayMs + options.drain.timeoutMs + CLOSING_MS;
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
    }, deadlineMs).unref();
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
  return () => stopping;
}

/**
 * `npm start` killed hard cannot pass the signal on; that its place above us is taken by another
 * process tells. Between npm and us may stand the shell that runs the script, so both are watched.
 */
function watchParent(onGone: () => void): void {
  const ancestors = () => [process.ppid, parentOf(process.ppid)].join();
  const before = ancestors();
  setInterval(() => {
    if (ancestors() !== before) onGone();
  }, PARENT_CHECK_MS).unref();
}

/** Where the system has /proc; elsewhere only the direct parent is watched. */
function parentOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) \S /, '')
      .split(' ')[0];
  } catch {
    return undefined;
  }
}
