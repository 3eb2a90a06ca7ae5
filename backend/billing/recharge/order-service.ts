import { AppError } from '../../errors.ts';
import { type Page, toPage } from '../../http/paging.ts';
import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { Package } from '../packages/package.ts';
import { isReusable, newTradeNo, ORDER_LIFE_MS, type Order, type PaymentChannel } from './order.ts';
import type { OrderSettling } from './order-settling.ts';
import {
  type GatewayFor,
  type PaymentGateway,
  type PaymentTicket,
  TradeNoUsed,
} from './payment-gateway.ts';
import type { RechargeStores } from './recharge-stores.ts';

export interface Recharge {
  packageId: string;
  channel: PaymentChannel;
}

/** An order, and what its payment starts with; nothing of it when there is nothing left to pay. */
export interface OrderTicket {
  order: Order;
  payment: PaymentTicket;
}

export interface OrderService {
  /** Whoever asks again for the same gets the same order, as long as it can be paid. */
  order(userId: string, wanted: Recharge): Promise<OrderTicket>;
  byId(userId: string, id: string): Promise<Order>;
  /** Whoever's it is. */
  administered(id: string): Promise<Order>;
  list(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<Order>>;
}

export function createOrderService(parts: {
  stores: Pick<RechargeStores, 'orders'>;
  transact: Transact<RechargeStores>;
  gatewayFor: GatewayFor;
  settling: Pick<OrderSettling, 'settle'>;
  logger: Logger;
}): OrderService {
  const { stores, transact, gatewayFor, settling, logger } = parts;

  /** The lock makes two requests at once find the same order. */
  const open = (userId: string, { packageId, channel }: Recharge) =>
    transact(async ({ orders, packages, ledger }) => {
      const bought = await packages.byId(packageId);
      if (!bought || bought.retiredAt) throw new AppError(404, 'not_found', '没有这个套餐。');
      await ledger.lock(userId);
      const pending = await orders.pendingOf({ userId, packageId, channel });
      const order =
        pending && isReusable(pending, bought)
          ? pending
          : await orders.insert(newOrder(userId, channel, bought));
      return { order, title: bought.title };
    });

  async function ticketFor(gateway: PaymentGateway, order: Order, title: string) {
    const handle = order.payment ?? (await gateway.register(order, title));
    const kept = order.payment ? order : await stores.orders.keepHandle(order.id, handle);
    const payment = await gateway.ticketFor(kept, kept.payment ?? handle);
    return { order: kept, payment };
  }

  return {
    async order(userId, wanted) {
      const gateway = gatewayFor(wanted.channel);
      const { order, title } = await open(userId, wanted);
      try {
        return await ticketFor(gateway, order, title);
      } catch (error) {
        if (!(error instanceof TradeNoUsed)) throw toUnavailable(error, logger);
      }
      // The provider knows the number, but not as an order that can be paid like this.
      const settled = await settling.settle(order).catch((error: unknown) => {
        throw toUnavailable(error, logger);
      });
      if (settled?.status === 'paid') return { order: settled, payment: {} };
      const next = await open(userId, wanted);
      return ticketFor(gateway, next.order, next.title).catch((error: unknown) => {
        throw toUnavailable(error, logger);
      });
    },
    async byId(userId, id) {
      const order = await stores.orders.byId(id);
      const mine =
        order && (order.userId === userId || (await stores.orders.beneficiary(order)) === userId);
      if (!mine) throw noSuchOrder();
      return order;
    },
    async administered(id) {
      const order = await stores.orders.byId(id);
      if (!order) throw noSuchOrder();
      return order;
    },
    async list(userId, { limit, before }) {
      const rows = await stores.orders.ofUser(userId, { limit: limit + 1, before });
      return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    },
  };
}

function noSuchOrder(): AppError {
  return new AppError(404, 'not_found', '没有这个订单。');
}

function newOrder(userId: string, channel: PaymentChannel, bought: Package) {
  const { id: packageId, amountFen, tokens, plan, planDays } = bought;
  const expiresAt = new Date(Date.now() + ORDER_LIFE_MS);
  const what = { packageId, amountFen, tokens, plan, planDays };
  return { userId, channel, tradeNo: newTradeNo(), expiresAt, ...what };
}

function toUnavailable(error: unknown, logger: Logger): AppError {
  if (error instanceof AppError) return error;
  logger.error({ err: error }, 'an order could not be placed with the provider');
  const message = '微信支付暂时没有回应，请稍后再试；同一个订单不会重复收费。';
  return new AppError(503, 'unavailable', message, { retryAfterSeconds: 5, cause: error });
}
