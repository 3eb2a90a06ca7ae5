import { AppError } from '../../errors.ts';
import type { IdempotencyScope, IdempotencyStore } from '../../http/idempotency.ts';
import type { Order } from './order.ts';
import type { PaymentTicket } from './payment-gateway.ts';

/** An order, and what its payment starts with; nothing of it when there is nothing left to pay. */
export interface OrderTicket {
  order: Pick<Order, 'id' | 'status' | 'amountFen' | 'tokens' | 'expiresAt'>;
  payment: PaymentTicket;
}

/** What an Idempotency-Key stands for: an order, and what was replied as soon as that is known. */
export interface KeptOrder {
  orderId: string;
  told?: OrderTicket;
}

export const rechargeScope = (userId: string, key: string, body: object): IdempotencyScope => ({
  ...{ userId, route: 'post /api/billing/recharge', key, body },
});

/** Takes the key, within the transaction that makes the order; what it stood for already. */
export async function claimOrderKey(
  idempotency: Pick<IdempotencyStore, 'claim'>,
  scope: IdempotencyScope,
): Promise<KeptOrder | undefined> {
  const claim = await idempotency.claim(scope);
  if (claim === 'claimed') return undefined;
  if (claim === 'busy') throw new AppError(409, 'conflict', '同一个请求还在处理，请稍后再试。');
  const { orderId, told } = claim.reply as KeptOrder;
  if (!told) return { orderId };
  // It was kept as JSON.
  const order = { ...told.order, expiresAt: new Date(told.order.expiresAt) };
  return { orderId, told: { ...told, order } };
}
