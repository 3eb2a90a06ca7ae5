import type { Transact } from '../../platform/database/transact.ts';
import { hashToken } from '../one-time-token.ts';
import { countAttempt, pardon, type ThrottleLimit } from './throttle.ts';
import type { ThrottleStore } from './throttle-store.ts';

/** Something that is counted: what it is, in parts that cannot be mixed up, and how often it may be. */
export interface AttemptKey {
  parts: readonly string[];
  limit: ThrottleLimit;
}

export interface Attempts {
  /**
   * Counts one attempt under each key before it is made, so that of many at once no more pass than
   * may; `undefined` when it may be made. Under a lock nothing is counted, and the seconds it still
   * lasts are returned.
   */
  count(keys: readonly AttemptKey[]): Promise<number | undefined>;
  /** Takes back one counted attempt under each key. */
  pardon(keys: readonly AttemptKey[]): Promise<void>;
  clear(keys: readonly AttemptKey[]): Promise<void>;
}

export interface AttemptStores {
  throttles: ThrottleStore;
}

const hashOf = ({ parts }: AttemptKey) => hashToken(JSON.stringify(parts));

/** Within a transaction of the caller. */
export async function countWithin(
  throttles: ThrottleStore,
  keys: readonly AttemptKey[],
): Promise<number | undefined> {
  const limits = new Map(keys.map((key) => [hashOf(key), key.limit]));
  const { counters, now } = await throttles.hold([...limits.keys()]);
  const counted = counters.map((held) => {
    const limit = limits.get(held.keyHash);
    if (!limit) throw new Error('a counter nobody asked for');
    return { keyHash: held.keyHash, result: countAttempt(held, limit, now) };
  });
  const locks = counted.flatMap(({ result }) =>
    'lockedUntil' in result ? [result.lockedUntil.getTime()] : [],
  );
  if (locks.length > 0) return Math.max(1, Math.ceil((Math.max(...locks) - now.getTime()) / 1_000));
  for (const { keyHash, result } of counted) {
    if ('counter' in result) await throttles.save({ ...result.counter, keyHash });
  }
  return undefined;
}

export function createAttempts(transact: Transact<AttemptStores>): Attempts {
  return {
    count: (keys) => transact(({ throttles }) => countWithin(throttles, keys)),
    pardon: (keys) =>
      transact(async ({ throttles }) => {
        const { counters } = await throttles.hold(keys.map(hashOf));
        for (const held of counters) {
          await throttles.save({ ...pardon(held), keyHash: held.keyHash });
        }
      }),
    clear: (keys) => transact(({ throttles }) => throttles.delete(keys.map(hashOf))),
  };
}
