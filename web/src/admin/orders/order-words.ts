import { strings } from '../../strings.ts';
import type { ManagedOrder, PaymentNotice } from '../billing-types.ts';

export function titleOf({ title, channel }: Pick<ManagedOrder, 'title' | 'channel'>): string {
  return title ?? strings.orders.channels[channel] ?? channel;
}

export function buyerOf({ nickname, email }: Pick<ManagedOrder, 'nickname' | 'email'>): string {
  return nickname || email || strings.users.noEmail;
}

const { fields, outcomes } = strings.adminOrders.notices;

function named(names: Readonly<Record<string, string>>, name: string): string {
  return (Object.hasOwn(names, name) ? names[name] : undefined) ?? name;
}

/** What became of a payment that was told of; one that is new stands as it is. */
export function outcomeName(outcome: string): string {
  return named(outcomes, outcome);
}

/** What a notice said, as pairs to read; what it left out is left out. */
export function noticePairs(detail: Record<string, unknown>): [string, string][] {
  return Object.entries(detail)
    .map(([name, value]): [string, string] => [
      named(fields, name),
      Array.isArray(value) ? value.join('、') : String(value ?? ''),
    ])
    .filter(([, value]) => value !== '');
}

/** Of these somebody should know; the rest is as it is meant to be. */
const TO_BE_SEEN = ['refused', 'unknown_order', 'unreadable', 'refund_closed', 'refund_abnormal'];

export function needsALook({ outcome }: Pick<PaymentNotice, 'outcome'>): boolean {
  return TO_BE_SEEN.includes(outcome);
}

type Paid = Pick<ManagedOrder, 'status' | 'channel' | 'amountFen' | 'refundedFen'>;

/** How much may still be given back; what was never paid for cannot be. */
export function leftToRefund({ status, channel, amountFen, refundedFen }: Paid): number {
  if (status !== 'paid' || channel === 'redeem_code') return 0;
  return Math.max(0, amountFen - refundedFen);
}
