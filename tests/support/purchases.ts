import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { journals } from '../../backend/billing/ledger/journal.ts';
import type { Order } from '../../backend/billing/recharge/order.ts';
import { createPaymentCrediting } from '../../backend/billing/recharge/payment-crediting.ts';
import type { PaymentGateway } from '../../backend/billing/recharge/payment-gateway.ts';
import type { Crediting } from '../../backend/billing/recharge/payment-notice.ts';
import type { Refund } from '../../backend/billing/recharge/refund.ts';
import { createRefundService } from '../../backend/billing/recharge/refund-service.ts';
import { createRefundSettling } from '../../backend/billing/recharge/refund-settling.ts';
import { composeStores, createTransact } from '../../backend/compose-stores.ts';
import { silentLogger } from './redis-space.ts';

export const BOUGHT = { amountFen: 600, tokens: 3_000 };

/** Buying, paying and giving back, on one connection and without a program; each step by its key once. */
export interface Purchases {
  /** Made already, when there is one of that key. */
  order(userId: string, key?: string, planDays?: number): Promise<Order>;
  pay(order: Order): Promise<Crediting>;
  refund(order: Order, amountFen: number, key: string): Promise<Refund>;
  settle(refund: Refund, end: 'succeeded' | 'failed'): Promise<void>;
  /** The id of the order that comes of a code. */
  redeem(userId: string, tokens: number): Promise<string>;
}

const CHANNEL = 'wechat_native';
const LIFE_MS = 900_000;

/** The far side of the network: it takes what it is told, and leaves the end open. */
const bank: PaymentGateway = {
  ...{ channels: [CHANNEL], seller: 'merchant', closesForGood: true },
  register: async () => ({}),
  ticketFor: async () => ({}),
  query: async () => ({ state: 'open' }),
  close: async () => 'closed',
  refund: async () => 'pending',
  queryRefund: async () => 'pending',
};

export function createPurchases(knex: Knex): Purchases {
  const [stores, transact] = [composeStores(knex), createTransact(knex)];
  const common = { stores, transact, gatewayFor: () => bank, logger: silentLogger };
  const crediting = createPaymentCrediting(common);
  const settling = createRefundSettling({ ...common, channels: bank.channels });
  const refunds = createRefundService({ ...common, settling });
  return {
    async order(userId, key = randomUUID(), planDays) {
      const tradeNo = `gx${key.replaceAll('-', '').slice(0, 30)}`;
      const plan = planDays === undefined ? null : ('vip' as const);
      const expiresAt = new Date(Date.now() + LIFE_MS);
      const bought = { ...BOUGHT, packageId: null, plan, planDays: planDays ?? null };
      return (
        (await stores.orders.byTradeNo(tradeNo)) ??
        (await stores.orders.insert({ ...bought, userId, channel: CHANNEL, tradeNo, expiresAt }))
      );
    },
    pay({ tradeNo, amountFen }) {
      const paid = { tradeNo, transactionId: `42${tradeNo}`, paidAt: new Date() };
      const sum = { totalFen: amountFen, payerFen: amountFen, vouchersFen: 0, currency: 'CNY' };
      const payment = { ...paid, ...sum, seller: bank.seller, payer: null, product: null };
      return crediting.credit(payment, { gateway: bank, by: 'notice', channel: 'wechat_pay' });
    },
    refund(order, amountFen, idempotencyKey) {
      const by = { userId: order.userId, address: '127.0.0.1' };
      return refunds.refund(by, order.id, { amountFen, reason: '测试', idempotencyKey });
    },
    async settle({ refundNo }, end) {
      await settling.told(refundNo, end);
    },
    async redeem(userId, tokens) {
      const [hash, hint] = [randomUUID(), '0000'];
      const batch = { note: '', count: 1, tokens };
      await stores.redeem.insertBatch(batch, [{ hash, hint }], userId);
      return transact(async ({ ledger, redeem }) => {
        const code = await redeem.lockCode(hash);
        if (!code) throw new Error('the code that was just made is gone');
        const { id } = await redeem.redeem(code, userId, null);
        const about = { userId, reference: id, reason: '兑换' };
        await ledger.post(journals.recharge(tokens, about));
        return id;
      });
    },
  };
}
