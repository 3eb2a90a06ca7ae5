import { randomBytes } from 'node:crypto';

export const PAYMENT_CHANNELS = ['wechat_native', 'wechat_jsapi', 'wechat_virtual'] as const;
/** Where somebody else takes the money. */
export type PaymentChannel = (typeof PAYMENT_CHANNELS)[number];
export type OrderChannel = PaymentChannel | 'redeem_code';

export const ORDER_STATUSES = ['pending', 'paid', 'closed', 'refunded'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** What the provider gave for an order and the payer's client needs; differs by channel. */
export type PaymentHandle = Record<string, string>;

/** What somebody buys. It keeps what was bought, whatever becomes of the package. */
export interface Order {
  id: string;
  userId: string;
  packageId: string | null;
  channel: OrderChannel;
  /** What the provider knows it by. */
  tradeNo: string;
  status: OrderStatus;
  amountFen: number;
  tokens: number;
  plan: 'vip' | null;
  planDays: number | null;
  /** The provider's number for the payment. */
  transactionId: string | null;
  payment: PaymentHandle | null;
  createdAt: Date;
  expiresAt: Date;
  paidAt: Date | null;
}

export type NewOrder = Omit<Order, 'status' | 'transactionId' | 'payment' | 'createdAt' | 'paidAt'>;

export const ORDER_LIFE_MS = 15 * 60 * 1000;
/** WeChat Pay takes no payment that would have to be made within a minute. */
export const SHORTEST_LIFE_MS = 90_000;

/** 32 characters of the kinds that every channel takes; nobody guesses the next. */
export function newTradeNo(): string {
  return `gx${randomBytes(15).toString('hex')}`;
}

/** Whether there is time left to pay it, also where the provider has to be told of it first. */
export function isPayable({ status, payment, expiresAt }: Order): boolean {
  const left = expiresAt.getTime() - Date.now();
  return status === 'pending' && left > (payment ? 0 : SHORTEST_LIFE_MS);
}

/** Whether a learner who asks again gets this order again. */
export function isReusable(order: Order, offer: { amountFen: number; tokens: number }): boolean {
  const { amountFen, tokens } = order;
  return isPayable(order) && amountFen === offer.amountFen && tokens === offer.tokens;
}
