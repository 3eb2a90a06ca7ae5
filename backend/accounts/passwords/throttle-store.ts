import type { Knex } from 'knex';
import { fromRow, type RowOf } from '../../platform/database/row.ts';
import type { ThrottleCounter } from './throttle.ts';

interface HeldCounter extends ThrottleCounter {
  keyHash: string;
}

/** Counters of attempts. What they count is kept as a hash: nobody reads from it who was meant. */
export interface ThrottleStore {
  /**
   * The counters of these keys as they are now, made where missing and held until the transaction
   * ends; always in the same order, so that two who want some of the same do not block each other.
   */
  hold(keyHashes: readonly string[]): Promise<{ counters: HeldCounter[]; now: Date }>;
  save(counter: HeldCounter): Promise<void>;
  delete(keyHashes: readonly string[]): Promise<void>;
  /** After an hour a counter is empty by itself. */
  deleteBefore(moment: Date): Promise<void>;
}

export function createThrottleStore(knex: Knex): ThrottleStore {
  const throttles = () => knex('login_throttles');
  return {
    async hold(keyHashes) {
      const sorted = [...new Set(keyHashes)].sort();
      await throttles()
        .insert(
          sorted.map((key_hash) => ({
            ...{ key_hash, failures: 0 },
            last_failed_at: knex.raw('clock_timestamp()'),
          })),
        )
        .onConflict('key_hash')
        .ignore();
      const rows: RowOf<HeldCounter>[] = await throttles()
        .whereIn('key_hash', sorted)
        .orderBy('key_hash')
        .forUpdate()
        .select('key_hash', 'failures', 'locked_until', 'last_failed_at');
      const { rows: clock } = await knex.raw('select clock_timestamp() as now');
      return { counters: rows.map((row) => fromRow<HeldCounter>(row)), now: clock[0].now };
    },
    async save({ keyHash, failures, lockedUntil, lastFailedAt }) {
      await throttles()
        .where({ key_hash: keyHash })
        .update({ failures, locked_until: lockedUntil, last_failed_at: lastFailedAt });
    },
    async delete(keyHashes) {
      const some = () => throttles().whereIn('key_hash', [...keyHashes]);
      await some().orderBy('key_hash').forUpdate().select('key_hash');
      await some().delete();
    },
    async deleteBefore(moment) {
      await throttles()
        .where('last_failed_at', '<', moment)
        .whereRaw('(locked_until is null or locked_until < now())')
        .delete();
    },
  };
}
