import type { Knex } from 'knex';
import { addressGroup } from '../http/caller.ts';
import { hashToken } from './one-time-token.ts';

/** As many full allowances a day as one address (a school, a household) gets. */
const ALLOWANCES_PER_ADDRESS = 200;

export interface GuestAllowances {
  /**
   * Takes up to `wanted` tokens out of what the device and the address may still give away today;
   * coming back as a new guest brings nothing new. Days are Beijing's.
   */
  take(wanted: number, from: { address: string; device: string | undefined }): Promise<number>;
  deleteBefore(moment: Date): Promise<void>;
}

export function createGuestAllowances(knex: Knex): GuestAllowances {
  const today = `(now() at time zone 'Asia/Shanghai')::date`;

  /** What the key may still take today; its row is held until the transaction ends. */
  async function left(keyHash: string, limit: number): Promise<number> {
    const { rows } = await knex.raw(
      `insert into guest_allowances as taken (key_hash, day, granted) values (?, ${today}, 0)
       on conflict (key_hash, day) do update set granted = taken.granted
       returning granted`,
      [keyHash],
    );
    return Math.max(0, limit - Number(rows[0].granted));
  }

  return {
    async take(wanted, { address, device }) {
      const keys = [
        {
          key: hashToken(`address ${addressGroup(address)}`),
          limit: wanted * ALLOWANCES_PER_ADDRESS,
        },
        ...(device ? [{ key: hashToken(`device ${device}`), limit: wanted }] : []),
      ];
      let granted = wanted;
      for (const { key, limit } of keys) granted = Math.min(granted, await left(key, limit));
      for (const { key } of keys) {
        await knex('guest_allowances')
          .where({ key_hash: key })
          .whereRaw(`day = ${today}`)
          .increment('granted', granted);
      }
      return granted;
    },
    async deleteBefore(moment) {
      await knex('guest_allowances').where('day', '<', moment).delete();
    },
  };
}
