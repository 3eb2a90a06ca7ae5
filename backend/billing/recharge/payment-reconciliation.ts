import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { BEIJING_OFFSET_MS, beijingClock } from '../beijing-time.ts';
import { recordFinding } from '../reports/recorded-finding.ts';
import { eachInTurn } from './each-in-turn.ts';
import type { PaymentChannel } from './order.ts';
import type { OrderSettling } from './order-settling.ts';
import { type BilledTrade, compareBill, type Difference } from './payment-bill.ts';
import type { RechargeStores } from './recharge-stores.ts';

export interface PaymentReconciling {
  /** Compares a day with the bill, both ways; what was paid and not credited is credited now. */
  reconcile(day: string): Promise<Difference[]>;
  /** For jobs: the days of the last week that were not compared yet. */
  reconcileDue(signal?: AbortSignal, now?: Date): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_BACK = 7;
/** No refund takes longer to arrive; bills are kept for three months. */
const LONGEST_REFUND_MS = 30 * DAY_MS;
/** "after 10 each day": https://pay.weixin.qq.com/doc/v3 */
const BILL_HOUR = 10;
const BILL_MINUTE = 30;
const KIND = 'wechat_pay';

export function createPaymentReconciling(parts: {
  stores: Pick<RechargeStores, 'orders' | 'refunds' | 'reconciliations'>;
  transact: Transact<RechargeStores>;
  billOf: (day: string) => Promise<BilledTrade[]>;
  /** What the bill is of. */
  channels: readonly PaymentChannel[];
  settling: Pick<OrderSettling, 'ask'>;
  logger: Logger;
}): PaymentReconciling {
  const { stores, transact, billOf, channels, settling, logger } = parts;

  /** A refund is in the bill of the day on which it was asked for, or of one until it arrived. */
  async function wasBilledBefore(refundNo: string, since: Date, day: string): Promise<boolean> {
    const midnight = midnightOf(day).getTime();
    const earliest = Math.max(since.getTime(), midnight - LONGEST_REFUND_MS) - DAY_MS;
    for (let time = midnight - DAY_MS; time > earliest; time -= DAY_MS) {
      const bill = await billOf(dayOf(new Date(time)));
      if (bill.some((trade) => trade.refundNo === refundNo)) return true;
    }
    return false;
  }

  async function missingIn(bill: readonly BilledTrade[], day: string): Promise<Difference[]> {
    const [from, until] = [midnightOf(day), new Date(midnightOf(day).getTime() + DAY_MS)];
    const missing: Difference[] = [];
    const billed = new Set(bill.map(({ kind, tradeNo }) => `${kind} ${tradeNo}`));
    for (const { tradeNo } of await stores.orders.paidBetween(channels, from, until)) {
      if (!billed.has(`payment ${tradeNo}`)) missing.push({ what: 'not_in_the_bill', tradeNo });
    }
    const refunded = new Set(bill.map(({ refundNo }) => refundNo));
    for (const refund of await stores.refunds.succeededBetween(channels, from, until)) {
      const { refundNo, tradeNo, createdAt } = refund;
      if (refunded.has(refundNo) || (await wasBilledBefore(refundNo, createdAt, day))) continue;
      missing.push({ what: 'refund_not_in_the_bill', tradeNo });
    }
    return missing;
  }

  async function reconcile(day: string): Promise<Difference[]> {
    const bill = await billOf(day);
    const wrong = await compareBill(bill, stores, settling);
    const differences = [...wrong, ...(await missingIn(bill, day))];
    const sound = differences.length === 0;
    const finding = { kind: KIND, sound, detail: { trades: bill.length, differences } } as const;
    await transact((within) => recordFinding(within, day, finding));
    if (!sound) logger.error({ day, differences }, 'payments and the bill of WeChat Pay differ');
    return differences;
  }

  return {
    reconcile,
    async reconcileDue(signal, now = new Date()) {
      const days = billedDays(now).map((day) => ({ id: day, day }));
      const compare = async ({ day }: { day: string }) => {
        const midnight = new Date(midnightOf(day).getTime() + DAY_MS);
        if (!(await stores.orders.anyBefore(channels, midnight))) return;
        if (!(await stores.reconciliations.has(KIND, day))) await reconcile(day);
      };
      await eachInTurn(days, compare, { signal, logger, what: 'day' });
    },
  };
}

/** Oldest first; yesterday's only once its bill is made. */
export function billedDays(now: Date): string[] {
  const clock = beijingClock(now);
  const minutes = clock.getUTCHours() * 60 + clock.getUTCMinutes();
  const latest = minutes >= BILL_HOUR * 60 + BILL_MINUTE ? 1 : 2;
  return Array.from({ length: DAYS_BACK }, (_, index) => {
    const back = latest + DAYS_BACK - 1 - index;
    return new Date(clock.getTime() - back * DAY_MS).toISOString().slice(0, 10);
  });
}

/** When a day of Beijing's calendar begins, and which one a moment lies in. */
const midnightOf = (day: string) => new Date(Date.parse(day) - BEIJING_OFFSET_MS);
const dayOf = (moment: Date) => beijingClock(moment).toISOString().slice(0, 10);
