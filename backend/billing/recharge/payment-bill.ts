import type { Order } from './order.ts';
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

export const DIFFERENCES = [
  'unknown_order',
  'was_not_credited',
  'not_credited',
  'other_amount',
  'other_payment',
  'billed_twice',
  'not_in_the_bill',
  'unknown_refund',
  'other_refund_amount',
  'refund_billed_twice',
  'refund_not_in_the_bill',
] as const;

export interface Difference {
  what: (typeof DIFFERENCES)[number];
  tradeNo: string;
}

type What = Difference['what'] | undefined;
type Stores = Pick<RechargeStores, 'orders' | 'refunds'>;

/** What of a day's bill is not as we have it; what was paid and not credited is credited now. */
export async function compareBill(
  bill: readonly BilledTrade[],
  stores: Stores,
  settling: Pick<OrderSettling, 'ask'>,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const seen = new Set<string>();
  const compare = async (trade: BilledTrade): Promise<What> => {
    const isPayment = trade.kind === 'payment';
    const line = `${trade.kind} ${isPayment ? trade.transactionId : trade.refundNo}`;
    if (seen.has(line)) return isPayment ? 'billed_twice' : 'refund_billed_twice';
    seen.add(line);
    return isPayment ? comparePayment(trade, stores, settling) : compareRefund(trade, stores);
  };
  for (const trade of bill) {
    const what = await compare(trade);
    if (what) differences.push({ what, tradeNo: trade.tradeNo });
  }
  return differences;
}

async function comparePayment(
  trade: BilledTrade,
  stores: Stores,
  settling: Pick<OrderSettling, 'ask'>,
): Promise<What> {
  const order = await stores.orders.byTradeNo(trade.tradeNo);
  if (!order) return 'unknown_order';
  if (!wasPaid(order)) {
    return wasPaid(await settling.ask(order)) ? 'was_not_credited' : 'not_credited';
  }
  if (order.transactionId !== trade.transactionId) return compareSecond(order, trade, stores);
  return order.amountFen === trade.amountFen ? undefined : 'other_amount';
}

/** A payment too many is known when it goes back, whole. */
async function compareSecond(order: Order, trade: BilledTrade, { refunds }: Stores): Promise<What> {
  const goesBack = (await refunds.ofOrders([order.id])).find(
    ({ transactionId, status }) => transactionId === trade.transactionId && status !== 'failed',
  );
  if (!goesBack) return 'other_payment';
  return goesBack.amountFen === trade.amountFen ? undefined : 'other_amount';
}

async function compareRefund(trade: BilledTrade, { refunds }: Stores): Promise<What> {
  const refund = trade.refundNo ? await refunds.byNumber(trade.refundNo) : undefined;
  if (!refund || refund.status === 'failed') return 'unknown_refund';
  return refund.amountFen === trade.amountFen ? undefined : 'other_refund_amount';
}

function wasPaid(order: Order | undefined): boolean {
  return order?.status === 'paid' || order?.status === 'refunded';
}
