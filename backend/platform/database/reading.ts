import type { Counters } from '../counters/counters.ts';
import { createMemoryCounters } from '../counters/memory-counters.ts';
import { isLostConnection } from './lost-connection.ts';
import { REPLICA_MAY_LAG_MS, type Replica } from './replica.ts';

/**
 * Runs what only reads, to show it: on a replica that keeps up, unless `userId` has just written, who
 * then sees that; else on the primary. What fails on the replica, or is not there, is asked of the
 * primary again. Nothing is decided by what is read so: no money, no quota, no login, no key.
 */
export type Read<Stores> = <Result>(
  userId: string | undefined,
  work: (stores: Stores) => Promise<Result>,
) => Promise<Result>;

export interface Reading<Stores> {
  read: Read<Stores>;
  /** After a commit, and before whoever wrote is told of it. */
  wrote(userId: string): Promise<void>;
}

/** With time to spare for a commit and a look at the replica that take long. */
const REMEMBERED_SECONDS = (REPLICA_MAY_LAG_MS / 1000) * 4;

export function createReading<Stores>(parts: {
  primary: Stores;
  replica: { stores: Stores; state: Pick<Replica, 'isFresh' | 'lost'> } | undefined;
  /** What all processes share, and say when they cannot. */
  counters: Pick<Counters, 'add' | 'read'>;
}): Reading<Stores> {
  const { primary, replica, counters } = parts;
  if (!replica) return { read: (_userId, work) => work(primary), wrote: async () => undefined };
  const { stores, state } = replica;
  const own = createMemoryCounters();
  const setOf = (userId: string) => `wrote:${userId}`;

  /** Also when nobody can tell. */
  async function mayHaveWritten(userId: string): Promise<boolean> {
    const [shared, here] = [await counters.read(setOf(userId)), await own.read(setOf(userId))];
    return shared?.writes !== undefined || shared === undefined || here?.writes !== undefined;
  }

  return {
    async read(userId, work) {
      if (!state.isFresh()) return work(primary);
      if (userId !== undefined && (await mayHaveWritten(userId))) return work(primary);
      try {
        return await work(stores);
      } catch (error) {
        if (isLostConnection(error)) state.lost(error);
        return work(primary);
      }
    },
    async wrote(userId) {
      const once = { writes: 1 };
      if (await counters.add(setOf(userId), once, REMEMBERED_SECONDS)) return;
      await own.add(setOf(userId), once, REMEMBERED_SECONDS);
    },
  };
}
