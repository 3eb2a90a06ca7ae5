import type { Order } from './order.ts';
import type { AdministeredOrder } from './order-store.ts';
import type { Refund } from './refund.ts';

const timeOf = (moment: Date | null) => moment?.toISOString() ?? null;

export function presentOrder(
  order: Pick<Order, 'id' | 'status' | 'amountFen' | 'tokens' | 'expiresAt'>,
) {
  const { id, status, amountFen, tokens, expiresAt } = order;
  return { id, status, amountFen, tokens, expiresAt: expiresAt.toISOString() };
}

export function presentOwnOrder(order: Order, refunds: readonly Refund[]) {
  const { channel, packageId, plan, planDays, createdAt, paidAt, transactionId } = order;
  const givenBack = refunds.filter(
    (refund) =>
      refund.orderId === order.id &&
      refund.status === 'succeeded' &&
      refund.transactionId === transactionId,
  );
  return {
    ...presentOrder(order),
    ...{ channel, packageId, plan, planDays },
    refundedFen: givenBack.reduce((sum, { amountFen }) => sum + amountFen, 0),
    createdAt: createdAt.toISOString(),
    paidAt: timeOf(paidAt),
  };
}

export function presentRefund(refund: Refund) {
  const { id, refundNo, amountFen, tokens, reason, status, createdAt, endedAt } = refund;
  const times = { createdAt: createdAt.toISOString(), endedAt: timeOf(endedAt) };
  return { id, refundNo, amountFen, tokens, reason, status, ...times };
}

export function presentAdministeredOrder(order: AdministeredOrder, refunds: readonly Refund[]) {
  const { userId, email, nickname, title, tradeNo, transactionId } = order;
  return {
    ...presentOwnOrder(order, refunds),
    ...{ userId, email, nickname, title, tradeNo, transactionId },
    refunds: refunds.filter(({ orderId }) => orderId === order.id).map(presentRefund),
  };
}
