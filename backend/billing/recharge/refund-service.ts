import type { Administrator } from '../../audit-trail.ts';
import { AppError } from '../../errors.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { deedOf } from '../audit-trail.ts';
import { journals } from '../ledger/journal.ts';
import { keyTaken } from '../ledger/keyed-journal.ts';
import type { Order } from './order.ts';
import type { GatewayFor } from './payment-gateway.ts';
import type { RechargeStores } from './recharge-stores.ts';
import { planSecondsFor, type Refund, refundedSoFar, refundNoFor, tokensFor } from './refund.ts';
import type { RefundSettling } from './refund-settling.ts';

export interface RefundRequest {
  /** All that is left, when left out. */
  amountFen?: number | undefined;
  reason: string;
  /** The same key means the same refund, for ever. */
  idempotencyKey: string;
}

export interface RefundService {
  /** Takes the tokens back and asks the provider to give the money back; what was begun goes on. */
  refund(by: Administrator, orderId: string, request: RefundRequest): Promise<Refund>;
}

export function createRefundService(parts: {
  transact: Transact<RechargeStores>;
  gatewayFor: GatewayFor;
  settling: Pick<RefundSettling, 'submit'>;
}): RefundService {
  const { transact, gatewayFor, settling } = parts;
  return {
    async refund(by, orderId, request) {
      const begun = await transact(async (stores) => {
        const order = await stores.orders.lock(orderId);
        if (!order) throw new AppError(404, 'not_found', '没有这个订单。');
        const refundNo = refundNoFor(order.id, request.idempotencyKey);
        const before = await stores.refunds.byNumber(refundNo);
        if (before) return sameRefund(before, request);
        requireRefundable(order);
        gatewayFor(order.channel);
        return begin(stores, { by, order, refundNo, request });
      });
      return settling.submit(begun);
    },
  };
}

function sameRefund(before: Refund, { amountFen, reason }: RefundRequest): Refund {
  const same = before.reason === reason && before.askedFen === (amountFen ?? null);
  if (!same) throw keyTaken();
  return before;
}

function requireRefundable(order: Order): asserts order is Order & { transactionId: string } {
  if (order.channel === 'redeem_code') {
    throw new AppError(409, 'conflict', '兑换码的订单没有付过钱，不能退款。');
  }
  if (order.status === 'refunded') throw new AppError(409, 'conflict', '这个订单已经全部退款。');
  if (order.status !== 'paid' || order.transactionId === null) {
    throw new AppError(409, 'conflict', '这个订单还没有付款，不能退款。');
  }
}

async function begin(
  stores: RechargeStores,
  context: {
    by: Administrator;
    order: Order & { transactionId: string };
    refundNo: string;
    request: RefundRequest;
  },
): Promise<Refund> {
  const { by, order, refundNo, request } = context;
  const soFar = refundedSoFar(order, await stores.refunds.ofOrders([order.id]));
  const left = order.amountFen - soFar.amountFen;
  const amountFen = request.amountFen ?? left;
  if (amountFen > left || left === 0) {
    throw new AppError(409, 'conflict', `这个订单最多还能退 ${left} 分。`);
  }
  const { id: userId } = await stores.beneficiaries.lock(order);
  const { balance, held } = await stores.ledger.lock(userId);
  const bought = await boughtWith(stores, order, soFar, amountFen);
  const { tokens } = bought;
  const missing = tokens - (balance - held);
  if (missing > 0) {
    const message = `这笔退款要收回 ${tokens} 个词元，学习者已经用掉一部分，还差 ${missing} 个。`;
    throw new AppError(409, 'conflict', message);
  }
  const { reason } = request;
  const { transactionId } = order;
  const planSeconds = await stores.plans.shorten(userId, bought.planSeconds);
  const askedFen = request.amountFen ?? null;
  const refund = await stores.refunds.insert({
    ...{ orderId: order.id, refundNo, transactionId, amountFen, tokens, planSeconds, reason },
    ...{ askedFen, authorId: by.userId },
  });
  if (!refund) throw new Error(`refund ${refundNo} was there although its order was held`);
  const about = { userId, reason: `退款：${reason}`, reference: refund.id };
  await stores.ledger.post(journals.refund(tokens, about));
  if (tokens > 0) await stores.lowBalance.watch(userId);
  const detail = { refundId: refund.id, refundNo, amountFen, tokens, reason };
  const target = { targetType: 'order', targetId: order.id, detail };
  await stores.audit.record(deedOf(by, 'order.refund', target));
  return refund;
}

/** What so much money had bought; nothing when the payment of the order was never credited. */
async function boughtWith(
  { ledger }: Pick<RechargeStores, 'ledger'>,
  order: Order,
  soFar: ReturnType<typeof refundedSoFar>,
  amountFen: number,
): Promise<{ tokens: number; planSeconds: number }> {
  const credited = await ledger.find('recharge', order.id);
  if (!credited) return { tokens: 0, planSeconds: 0 };
  const planSeconds = planSecondsFor(order, soFar, amountFen);
  return { tokens: tokensFor(order, soFar, amountFen), planSeconds };
}
