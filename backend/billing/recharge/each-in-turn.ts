import type { Logger } from '../../logger.ts';

/** After so many failures on end it is not the things, but the other side that is away. */
const GIVE_UP_AFTER = 3;

/** For jobs: what goes wrong with one does not keep the others waiting, and is tried again later. */
export async function eachInTurn<Thing extends { id: string }>(
  things: readonly Thing[],
  work: (thing: Thing) => Promise<unknown>,
  options: { signal: AbortSignal | undefined; logger: Logger; what: string },
): Promise<void> {
  const { signal, logger, what } = options;
  let failures = 0;
  for (const thing of things) {
    signal?.throwIfAborted();
    try {
      await work(thing);
      failures = 0;
    } catch (error) {
      logger.warn({ err: error, id: thing.id }, `${what} not settled, tried again later`);
      failures += 1;
      if (failures === GIVE_UP_AFTER) return;
    }
  }
}
