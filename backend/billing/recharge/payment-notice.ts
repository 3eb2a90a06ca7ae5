/** What became of a payment. */
export const CREDITINGS = [
  'credited',
  /** It had been credited before. */
  'repeated',
  /** The order was paid with another payment: this one goes back. */
  'paid_twice',
  /** Nobody is left whom it could be credited to: it goes back. */
  'account_erased',
  /** Something in it is not as the order says: somebody has to look. */
  'refused',
  'unknown_order',
] as const;
export type Crediting = (typeof CREDITINGS)[number];

export const NOTICE_OUTCOMES = [
  ...CREDITINGS,
  ...(['refund_success', 'refund_closed', 'refund_processing', 'refund_abnormal'] as const),
  /** Signed by the provider, and yet not what its description says. */
  'unreadable',
] as const;
export type NoticeOutcome = (typeof NOTICE_OUTCOMES)[number];

export interface NewPaymentNotice {
  channel: 'wechat_pay' | 'wechat_virtual';
  tradeNo: string | null;
  outcome: NoticeOutcome;
  /** What it said, without what names a person. */
  detail: Record<string, unknown>;
}

export interface PaymentNotice extends NewPaymentNotice {
  id: string;
  createdAt: Date;
}
