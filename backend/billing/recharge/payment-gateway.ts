import type { Order, OrderChannel, PaymentChannel, PaymentHandle } from './order.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

/** How an order stands with the provider. */
export type PaymentState =
  | { state: 'paid'; payment: Payment }
  /** It may still be paid. */
  | { state: 'open' }
  /** It cannot be paid any more, or the provider never heard of it. */
  | { state: 'closed' };

export type RefundState =
  | 'pending'
  | 'succeeded'
  /** The money stays with us. */
  | 'failed'
  /** The bank does not take it back: somebody has to see to it in the provider's own pages. */
  | 'stuck'
  /** The provider never heard of it. */
  | 'unknown';

/** What a payer's client starts the payment with; differs by channel. */
export type PaymentTicket =
  | { codeUrl: string }
  | Record<'appId' | 'timeStamp' | 'nonceStr' | 'package' | 'signType' | 'paySign', string>
  | Record<'mode' | 'signData' | 'paySig' | 'signature', string>
  | Record<string, never>;

/** A provider said no, and will not say otherwise to the same question. */
export class RefusedByProvider extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the provider refused: ${code}`);
    this.name = 'RefusedByProvider';
    this.code = code;
  }
}

/** The number of the order is used up with the provider; it needs another. */
export class TradeNoUsed extends Error {}

/**
 * Whoever takes the money. Every call may be repeated: it means the same order or refund by its number.
 * Whatever throws (but for the two errors above) leaves open what happened.
 */
export interface PaymentGateway {
  channels: readonly PaymentChannel[];
  /** As {@link Payment.seller} names us. */
  seller: string;
  /** Tells the provider of an order. Throws {@link TradeNoUsed}. */
  register(order: Order, title: string): Promise<PaymentHandle>;
  /** Signed anew each time; a ticket does not outlive its order. */
  ticketFor(order: Order, handle: PaymentHandle): Promise<PaymentTicket>;
  query(order: Order): Promise<PaymentState>;
  /** Whether nobody can pay an order that was closed. */
  closesForGood: boolean;
  /** `paid` when it had been already. Where it {@link closesForGood} it cannot be paid any more. */
  close(order: Order): Promise<'closed' | 'paid'>;
  /** Throws {@link RefusedByProvider}. */
  refund(refund: Refund, order: Order): Promise<RefundState>;
  queryRefund(refund: Refund, order: Order): Promise<RefundState>;
}

/** Throws when the site does not take payments that way any more. */
export type GatewayFor = (channel: OrderChannel) => PaymentGateway;
