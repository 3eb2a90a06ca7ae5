import { strings } from '../../strings.ts';
import type { ManagedOrder } from '../billing-types.ts';

export function titleOf({ title, channel }: Pick<ManagedOrder, 'title' | 'channel'>): string {
  return title ?? strings.orders.channels[channel] ?? channel;
}

export function buyerOf({ nickname, email }: Pick<ManagedOrder, 'nickname' | 'email'>): string {
  return nickname || email || strings.users.noEmail;
}

type Paid = Pick<ManagedOrder, 'status' | 'channel' | 'amountFen' | 'refundedFen'>;

/** How much may still be given back; what was never paid for cannot be. */
export function leftToRefund({ status, channel, amountFen, refundedFen }: Paid): number {
  if (status !== 'paid' || channel === 'redeem_code') return 0;
  return Math.max(0, amountFen - refundedFen);
}
