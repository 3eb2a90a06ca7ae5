import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { journals } from '../ledger/journal.ts';
import { eachInTurn } from './each-in-turn.ts';
import type { Order } from './order.ts';
import { type GatewayFor, type RefundState, RefusedByProvider } from './payment-gateway.ts';
import type { RechargeStores } from './recharge-stores.ts';
import { type Refund, refundedSoFar } from './refund.ts';

/** Carries refunds through that were recorded; any number may be at it. */
export interface RefundSettling {
  /** Asks the provider for the money; when it cannot be reached a job will ask again. */
  submit(refund: Refund): Promise<Refund>;
  /** The provider told that something became of a refund. False when it is none of ours. */
  told(refundNo: string, state: RefundState): Promise<boolean>;
  /** For jobs: pending refunds, asked for or asked about once more. */
  settleDue(signal?: AbortSignal): Promise<void>;
}

const AT_ONCE = 100;

export function createRefundSettling(parts: {
  stores: Pick<RechargeStores, 'orders' | 'refunds'>;
  transact: Transact<RechargeStores>;
  gatewayFor: GatewayFor;
  channels: readonly string[];
  logger: Logger;
}): RefundSettling {
  const { stores, transact, gatewayFor, channels, logger } = parts;

  async function conclude(refund: Refund, state: RefundState): Promise<Refund> {
    const about = { refundId: refund.id, refundNo: refund.refundNo };
    if (state === 'stuck') {
      logger.error(about, 'a refund is stuck: see to it in the pages of the provider');
    }
    if (state !== 'succeeded' && state !== 'failed') return refund;
    const end = state === 'succeeded' ? succeed : fail;
    const ended = await transact((within) => end(within, refund));
    if (ended && state === 'failed') {
      logger.error(about, 'a refund failed, its tokens were given back');
    }
    return ended ?? (await stores.refunds.byNumber(refund.refundNo)) ?? refund;
  }

  async function submit(refund: Refund): Promise<Refund> {
    if (refund.status !== 'pending') return refund;
    const order = await orderOf(stores, refund);
    await stores.refunds.touch(refund.id);
    try {
      return await conclude(refund, await gatewayFor(order.channel).refund(refund, order));
    } catch (error) {
      if (error instanceof RefusedByProvider) {
        logger.error({ refundId: refund.id, code: error.code }, 'a refund was refused');
        return conclude(refund, 'failed');
      }
      logger.warn({ err: error, refundId: refund.id }, 'refund not asked for, tried again later');
      return refund;
    }
  }

  async function settle(refund: Refund): Promise<void> {
    const order = await orderOf(stores, refund);
    if (!channels.includes(order.channel)) return;
    await stores.refunds.touch(refund.id);
    const state = await gatewayFor(order.channel).queryRefund(refund, order);
    if (state === 'unknown') await submit(refund);
    else await conclude(refund, state);
  }

  return {
    submit,
    async told(refundNo, state) {
      const refund = await stores.refunds.byNumber(refundNo);
      if (refund) await conclude(refund, state);
      return refund !== undefined;
    },
    async settleDue(signal) {
      const due = await stores.refunds.due(AT_ONCE);
      await eachInTurn(due, settle, { signal, logger, what: 'refund' });
    },
  };
}

async function orderOf({ orders }: Pick<RechargeStores, 'orders'>, refund: Refund): Promise<Order> {
  const order = await orders.byId(refund.orderId);
  if (!order) throw new Error(`no order of refund ${refund.id}`);
  return order;
}

async function succeed(stores: RechargeStores, refund: Refund): Promise<Refund | undefined> {
  const order = await stores.orders.lock(refund.orderId);
  const ended = await stores.refunds.end(refund.id, 'succeeded');
  if (!order || !ended) return undefined;
  const soFar = refundedSoFar(order, await stores.refunds.ofOrders([order.id]));
  const isAll = soFar.settled && soFar.amountFen === order.amountFen;
  if (isAll) await stores.orders.markRefunded(order.id);
  return ended;
}

/** The money stays with us, so the tokens go back to the learner, and the plan's days with them. */
async function fail(stores: RechargeStores, refund: Refund): Promise<Refund | undefined> {
  const order = await stores.orders.lock(refund.orderId);
  if (!order) return undefined;
  const ended = await stores.refunds.end(refund.id, 'failed');
  if (!ended) return undefined;
  const { id: userId } = await stores.beneficiaries.lock(order);
  await stores.ledger.lock(userId);
  const reason = '退款没有成功，词元退还';
  await stores.ledger.post(
    journals.adjust(refund.tokens, { userId, reason, reference: refund.id }),
  );
  await stores.plans.extend(userId, ended.planSeconds);
  return ended;
}
