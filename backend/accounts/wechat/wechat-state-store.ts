import type { Knex } from 'knex';
import { hashToken } from '../one-time-token.ts';

export const STATE_MINUTES = 10;

export interface WechatReturn {
  state: string;
  /** The mark of the browser that set out. */
  browser: string;
}

export interface WechatStateStore {
  keep(expected: WechatReturn): Promise<void>;
  /** True once, in time, for the same browser; others cannot use it up. */
  take(arrived: WechatReturn): Promise<boolean>;
  deleteExpiredBefore(moment: Date): Promise<void>;
}

/** Only hashes are stored: who reads the table can pretend nothing. */
export function createWechatStateStore(knex: Knex): WechatStateStore {
  const rowOf = ({ state, browser }: WechatReturn) => ({
    state_hash: hashToken(state),
    browser_hash: hashToken(browser),
  });
  return {
    async keep(expected) {
      const expiry = knex.raw(`clock_timestamp() + ? * interval '1 minute'`, [STATE_MINUTES]);
      await knex('wechat_states').insert({ ...rowOf(expected), expires_at: expiry });
    },
    async take(arrived) {
      const taken = await knex('wechat_states')
        .where(rowOf(arrived))
        .whereRaw('expires_at > clock_timestamp()')
        .delete();
      return taken === 1;
    },
    async deleteExpiredBefore(moment) {
      await knex('wechat_states').where('expires_at', '<', moment).delete();
    },
  };
}
