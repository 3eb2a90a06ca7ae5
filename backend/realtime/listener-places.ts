import { setMaxListeners } from 'node:events';
import { AppError } from '../errors.ts';

/** How many listen for one account at once, in this process, by whatever transport. */
export interface ListenerPlaces {
  /** Takes a place; call the result, once or more often, to give it back. Throws 429. */
  take(userId: string): () => void;
  /** Aborts when all are to go on listening elsewhere. */
  readonly leaving: AbortSignal;
  leave(): void;
}

export function createListenerPlaces(most: number): ListenerPlaces {
  const taken = new Map<string, number>();
  const leaving = new AbortController();
  // One for each that listens; more than ten are no leak here.
  setMaxListeners(Number.POSITIVE_INFINITY, leaving.signal);
  return {
    leaving: leaving.signal,
    leave: () => leaving.abort(),
    take(userId) {
      const count = taken.get(userId) ?? 0;
      if (count >= most) {
        throw new AppError(429, 'rate_limited', '同时打开的回答太多，请先关闭一些。', {
          retryAfterSeconds: 5,
        });
      }
      taken.set(userId, count + 1);
      let given = true;
      return () => {
        if (!given) return;
        given = false;
        const left = (taken.get(userId) ?? 1) - 1;
        if (left > 0) taken.set(userId, left);
        else taken.delete(userId);
      };
    },
  };
}
