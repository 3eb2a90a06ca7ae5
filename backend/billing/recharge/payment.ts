import type { Order, PaymentChannel } from './order.ts';

/** A payment that was made, as the provider tells it. */
export interface Payment {
  tradeNo: string;
  /** The provider's number for it; each counts once. */
  transactionId: string;
  paidAt: Date;
  totalFen: number;
  /** What the payer gave himself, and what vouchers gave; `null` where the provider does not say. */
  payerFen: number | null;
  vouchersFen: number;
  currency: string;
  /** For whom it was taken: merchant and app, or offer and environment. */
  seller: string;
  /** Where the provider says who paid and for what, they must be the order's. */
  payer: string | null;
  product: string | null;
}

/** What is not as the order says; such a payment is not credited. */
export function faultsOf(
  payment: Payment,
  order: Order,
  expected: { seller: string; channels: readonly PaymentChannel[] },
): string[] {
  const { totalFen, payerFen, vouchersFen, payer, product } = payment;
  const given = payerFen === null ? totalFen : payerFen + vouchersFen;
  const orderedBy = order.payment?.openid;
  const holds: [string, boolean][] = [
    ['channel', (expected.channels as readonly string[]).includes(order.channel)],
    ['seller', payment.seller === expected.seller],
    ['amount', totalFen === order.amountFen],
    ['payer total', given >= totalFen && (payerFen ?? 0) >= 0 && (payerFen ?? 0) <= totalFen],
    ['currency', payment.currency === 'CNY'],
    ['payer', payer === null || orderedBy === undefined || payer === orderedBy],
    ['product', product === null || product === order.packageId],
  ];
  return holds.filter(([, so]) => !so).map(([what]) => what);
}
