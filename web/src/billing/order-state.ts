import type { ListedOrder, OrderStatus } from '../api/billing-types.ts';

export type OrderState = OrderStatus | 'expired';

/** One whose time is over cannot be paid any more, whether or not the server has closed it yet. */
export function orderState(
  order: Pick<ListedOrder, 'status' | 'expiresAt'>,
  now: Date,
): OrderState {
  const late = order.status === 'pending' && Date.parse(order.expiresAt) <= now.getTime();
  return late ? 'expired' : order.status;
}

export function canResume(order: ListedOrder, now: Date): boolean {
  return orderState(order, now) === 'pending' && order.channel !== 'wechat_virtual';
}
