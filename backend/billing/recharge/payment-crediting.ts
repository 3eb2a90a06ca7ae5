import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { journals } from '../ledger/journal.ts';
import type { Order } from './order.ts';
import { faultsOf, type Payment } from './payment.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import type { Crediting, NewPaymentNotice } from './payment-notice.ts';
import type { RechargeStores } from './recharge-stores.ts';
import { planSecondsOf, refundNoFor } from './refund.ts';

export interface PaymentCrediting {
  /** However often, in whatever order, and however late it is told: a payment is credited once. */
  credit(payment: Payment, from: CreditingSource): Promise<Crediting>;
}

export interface CreditingSource {
  gateway: Pick<PaymentGateway, 'seller' | 'channels'>;
  /** How we learnt of it; kept with a notice. */
  by: 'notice' | 'query' | 'bill';
  channel: NewPaymentNotice['channel'];
  noticeId?: string;
}

export function createPaymentCrediting(parts: {
  transact: Transact<RechargeStores>;
  logger: Logger;
}): PaymentCrediting {
  const { transact, logger } = parts;
  return {
    async credit(payment, source) {
      const { outcome, faults } = await transact((stores) => creditWithin(stores, payment, source));
      const { tradeNo, transactionId } = payment;
      const about = { tradeNo, transactionId, by: source.by, faults };
      if (outcome === 'refused') logger.error(about, 'a payment was not credited');
      if (outcome === 'paid_twice') logger.error(about, 'an order was paid twice');
      if (outcome === 'unknown_order') logger.error(about, 'a payment of no order of ours');
      if (outcome === 'account_erased') logger.warn(about, 'a payment for an erased account');
      if (outcome === 'credited') logger.info(about, 'a payment was credited');
      return outcome;
    },
  };
}

async function creditWithin(stores: RechargeStores, payment: Payment, source: CreditingSource) {
  const order = await stores.orders.lockByTradeNo(payment.tradeNo);
  const faults = order ? faultsOf(payment, order, source.gateway) : [];
  const outcome = await decide(stores, order, payment, faults);
  // A query that tells nothing new is no event.
  if (source.by === 'notice' || outcome !== 'repeated') {
    const { transactionId, totalFen, payerFen, currency, seller } = payment;
    const said = { transactionId, totalFen, payerFen, currency, seller };
    await stores.paymentNotices.record({
      channel: source.channel,
      tradeNo: payment.tradeNo,
      outcome,
      detail: { by: source.by, noticeId: source.noticeId ?? null, ...said, faults },
    });
  }
  return { outcome, faults };
}

async function decide(
  stores: RechargeStores,
  order: Order | undefined,
  payment: Payment,
  faults: string[],
): Promise<Crediting> {
  if (!order) return 'unknown_order';
  if (faults.length > 0) return 'refused';
  const { transactionId } = payment;
  if (order.transactionId === transactionId) return 'repeated';
  const counted = await stores.orders.byTransaction(transactionId);
  if (counted) {
    faults.push('transaction of another order');
    return 'refused';
  }
  if (order.transactionId !== null) {
    const added = await giveBack(stores, order, payment, '重复支付，自动退回');
    return added ? 'paid_twice' : 'repeated';
  }
  const beneficiary = await stores.beneficiaries.lock(order);
  if (beneficiary.isErased) {
    await stores.orders.pay(order.id, payment);
    await giveBack(stores, order, payment, '账号已注销，自动退回');
    return 'account_erased';
  }
  await give(stores, order, payment, beneficiary.id);
  return 'credited';
}

/** Records a refund that a job carries through; nothing was credited, so nothing is taken back. */
async function giveBack(
  stores: Pick<RechargeStores, 'refunds'>,
  order: Order,
  { transactionId, totalFen }: Payment,
  reason: string,
): Promise<boolean> {
  const refundNo = refundNoFor(order.id, transactionId);
  const refund = { orderId: order.id, refundNo, transactionId, amountFen: totalFen, reason };
  const nothing = { tokens: 0, planSeconds: 0, askedFen: null, authorId: null };
  return (await stores.refunds.insert({ ...refund, ...nothing })) !== undefined;
}

/** Also an order that was closed meanwhile: the money is ours, so the tokens are the learner's. */
async function give(
  stores: RechargeStores,
  order: Order,
  payment: Payment,
  userId: string,
): Promise<void> {
  const { orders, ledger, plans, packages } = stores;
  await ledger.lock(userId);
  const bought = order.packageId ? await packages.byId(order.packageId) : undefined;
  const reason = bought ? `充值：${bought.title}` : '充值';
  await ledger.post(journals.recharge(order.tokens, { userId, reason, reference: order.id }));
  await plans.extend(userId, planSecondsOf(order));
  await orders.pay(order.id, payment);
}
