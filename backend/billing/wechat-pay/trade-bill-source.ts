import { type BillEntry, parseTradeBill } from './trade-bill.ts';
import type { WechatPayClient } from './wechat-pay-client.ts';
import { hasCode } from './wechat-pay-error.ts';
import { billSchema } from './wechat-pay-schemas.ts';

/** What WeChat Pay says was paid on a day of Beijing's calendar. Rejects while it is not made yet. */
export type TradeBillOf = (day: string) => Promise<BillEntry[]>;

/** A day on which nobody paid has no bill. */
const NOTHING_PAID = ['NO_STATEMENT_EXIST', 'NO_BILL_EXIST'];

export function tradeBills(client: WechatPayClient): TradeBillOf {
  return async (day) => {
    try {
      const path = `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL`;
      const { download_url, hash_value } = await client.get(path, billSchema);
      return parseTradeBill(await client.download(download_url, hash_value));
    } catch (error) {
      if (hasCode(error, ...NOTHING_PAID)) return [];
      throw error;
    }
  };
}
