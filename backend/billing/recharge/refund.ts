import { createHash } from 'node:crypto';
import type { Order } from './order.ts';

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

export interface Refund {
  id: string;
  orderId: string;
  /** What the provider knows it by, and refunds once, however often it is asked. */
  refundNo: string;
  /** The payment it is of: of an order that was paid twice, the second. */
  transactionId: string;
  amountFen: number;
  /** What was asked for in so many words; null for all that was left. */
  askedFen: number | null;
  /** Taken back from the learner. */
  tokens: number;
  /** Of the plan's time, taken back with them. */
  planSeconds: number;
  reason: string;
  status: RefundStatus;
  authorId: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

export type NewRefund = Omit<Refund, 'status' | 'createdAt' | 'endedAt'>;

/** 32 characters; the same key means the same refund, also after a crash between two lines. */
export function refundNoFor(orderId: string, key: string): string {
  const digest = createHash('sha256').update(`refund ${orderId} ${key}`).digest('hex');
  return `rf${digest.slice(0, 30)}`;
}

/** What was refunded of the order's own payment, or is about to be. */
export function refundedSoFar(order: Order, refunds: readonly Refund[]) {
  const counted = refunds.filter(
    ({ status, transactionId }) => status !== 'failed' && transactionId === order.transactionId,
  );
  return {
    amountFen: counted.reduce((sum, { amountFen }) => sum + amountFen, 0),
    tokens: counted.reduce((sum, { tokens }) => sum + tokens, 0),
    settled: counted.every(({ status }) => status === 'succeeded'),
  };
}

/**
 * How many tokens go back with so much money: in proportion, rounded in the learner's favour, and
 * with the last fen exactly what is left, so that partial refunds sum up to the order.
 */
export function tokensFor(
  order: Pick<Order, 'amountFen' | 'tokens'>,
  soFar: { amountFen: number; tokens: number },
  amountFen: number,
): number {
  const all = BigInt(order.tokens) * BigInt(soFar.amountFen + amountFen);
  return Math.max(0, Number(all / BigInt(order.amountFen)) - soFar.tokens);
}

const DAY_SECONDS = 24 * 60 * 60;

/** The time of a plan that comes with an order. */
export function planSecondsOf({ planDays }: Pick<Order, 'planDays'>): number {
  return (planDays ?? 0) * DAY_SECONDS;
}

/** How much of that goes back with so much money: in proportion, so that parts sum up to the whole. */
export function planSecondsFor(
  order: Pick<Order, 'amountFen' | 'planDays'>,
  soFar: { amountFen: number },
  amountFen: number,
): number {
  const share = (fen: number) => Math.floor((planSecondsOf(order) * fen) / order.amountFen);
  return share(soFar.amountFen + amountFen) - share(soFar.amountFen);
}
