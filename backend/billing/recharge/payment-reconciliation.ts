import type { Logger } from '../../logger.ts';
import { BEIJING_OFFSET_MS, beijingClock } from '../beijing-time.ts';
import { eachInTurn } from './each-in-turn.ts';
import type { Order, PaymentChannel } from './order.ts';
import type { OrderSettling } from './order-settling.ts';
import type { RechargeStores } from './recharge-stores.ts';

/** A line of the provider's bill. */
export interface BilledTrade {
  kind: 'payment' | 'refund';
  tradeNo: string;
  transactionId: string;
  amountFen: number;
  refundNo: string | null;
}

export interface Difference {
  what:
    | 'unknown_order'
    | 'was_not_credited'
    | 'not_credited'
    | 'other_amount'
    | 'other_payment'
    | 'not_in_the_bill'
    | 'unknown_refund'
    | 'other_refund_amount';
  tradeNo: string;
}

export interface PaymentReconciling {
  /** Compares a day with the bill, both ways; what was paid and not credited is credited now. */
  reconcile(day: string): Promise<Difference[]>;
  /** For jobs: the days of the last week that were not compared yet. */
  reconcileDue(signal?: AbortSignal, now?: Date): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_BACK = 7;
/** "after 10 each day": https://pay.weixin.qq.com/doc/v3 */
const BILL_HOUR = 10;
const BILL_MINUTE = 30;

export function createPaymentReconciling(parts: {
  stores: Pick<RechargeStores, 'orders' | 'refunds' | 'paymentReconciliations'>;
  billOf: (day: string) => Promise<BilledTrade[]>;
  /** What the bill is of. */
  channels: readonly PaymentChannel[];
  settling: Pick<OrderSettling, 'ask'>;
  logger: Logger;
}): PaymentReconciling {
  const { stores, billOf, channels, settling, logger } = parts;

  async function comparePayment(trade: BilledTrade): Promise<Difference['what'] | undefined> {
    const order = await stores.orders.byTradeNo(trade.tradeNo);
    if (!order) return 'unknown_order';
    if (!wasPaid(order)) {
      return wasPaid(await settling.ask(order)) ? 'was_not_credited' : 'not_credited';
    }
    if (order.transactionId !== trade.transactionId) return 'other_payment';
    return order.amountFen === trade.amountFen ? undefined : 'other_amount';
  }

  async function compareRefund(trade: BilledTrade): Promise<Difference['what'] | undefined> {
    const refund = trade.refundNo ? await stores.refunds.byNumber(trade.refundNo) : undefined;
    if (!refund || refund.status === 'failed') return 'unknown_refund';
    return refund.amountFen === trade.amountFen ? undefined : 'other_refund_amount';
  }

  async function reconcile(day: string): Promise<Difference[]> {
    const bill = await billOf(day);
    const differences: Difference[] = [];
    for (const trade of bill) {
      const compare = trade.kind === 'payment' ? comparePayment : compareRefund;
      const what = await compare(trade);
      if (what) differences.push({ what, tradeNo: trade.tradeNo });
    }
    const billed = new Set(bill.map(({ tradeNo }) => tradeNo));
    const from = new Date(Date.parse(day) - BEIJING_OFFSET_MS);
    const until = new Date(from.getTime() + DAY_MS);
    for (const { tradeNo } of await stores.orders.paidBetween(channels, from, until)) {
      if (!billed.has(tradeNo)) differences.push({ what: 'not_in_the_bill', tradeNo });
    }
    const sound = differences.length === 0;
    const detail = { trades: bill.length, differences };
    await stores.paymentReconciliations.insert({ day, sound, detail });
    if (!sound) logger.error({ day, differences }, 'payments and the bill of WeChat Pay differ');
    return differences;
  }

  return {
    reconcile,
    async reconcileDue(signal, now = new Date()) {
      const days = billedDays(now).map((day) => ({ id: day, day }));
      const compare = async ({ day }: { day: string }) => {
        const midnight = new Date(Date.parse(day) + DAY_MS - BEIJING_OFFSET_MS);
        if (!(await stores.orders.anyBefore(channels, midnight))) return;
        if (!(await stores.paymentReconciliations.has(day))) await reconcile(day);
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

function wasPaid(order: Order | undefined): boolean {
  return order?.status === 'paid' || order?.status === 'refunded';
}
