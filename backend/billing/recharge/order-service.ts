import { AppError } from '../../errors.ts';
import type { IdempotencyScope } from '../../http/idempotency.ts';
import { type Page, toPage } from '../../http/paging.ts';
import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { Package } from '../packages/package.ts';
import { channelNotOpen } from './channel-not-open.ts';
import {
  isPayable,
  isReusable,
  newTradeNo,
  ORDER_LIFE_MS,
  type Order,
  type OrderChannel,
  type PaymentChannel,
} from './order.ts';
import { claimOrderKey, type KeptOrder, type OrderTicket, rechargeScope } from './order-key.ts';
import type { OrderSettling } from './order-settling.ts';
import { type GatewayFor, type PaymentGateway, TradeNoUsed } from './payment-gateway.ts';
import type { RechargeStores } from './recharge-stores.ts';

export interface Recharge {
  packageId: string;
  channel: PaymentChannel;
}

export interface OrderService {
  /**
   * Whoever asks again for the same gets the same order, as long as it can be paid; with the same key
   * it is the same order and the same ticket, whatever became of it since.
   */
  order(userId: string, wanted: Recharge, idempotencyKey?: string): Promise<OrderTicket>;
  byId(userId: string, id: string): Promise<Order>;
  /** Whoever's it is. */
  administered(id: string): Promise<Order>;
  list(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<Order>>;
}

export function createOrderService(parts: {
  stores: Pick<RechargeStores, 'orders' | 'beneficiaries'>;
  transact: Transact<RechargeStores>;
  gatewayFor: GatewayFor;
  /** The ways to pay that are open here. */
  offered: readonly OrderChannel[];
  settling: Pick<OrderSettling, 'settle'>;
  logger: Logger;
}): OrderService {
  const { stores, transact, gatewayFor, offered, settling, logger } = parts;

  async function ticketFor(gateway: PaymentGateway, { order, title }: OpenedOrder) {
    if (!isPayable(order)) return { order, payment: {} };
    const handle = order.payment ?? (await gateway.register(order, title));
    const kept = order.payment ? order : await stores.orders.keepHandle(order.id, handle);
    const payment = await gateway.ticketFor(kept, kept.payment ?? handle);
    return { order: kept, payment };
  }

  async function make(gateway: PaymentGateway, opened: OpenedOrder, next: () => Promise<Opening>) {
    try {
      return await ticketFor(gateway, opened);
    } catch (error) {
      if (!(error instanceof TradeNoUsed)) throw error;
    }
    // The provider knows the number, but not as an order that can be paid like this.
    const settled = await settling.settle(opened.order);
    if (settled?.status === 'paid') return { order: settled, payment: {} };
    const again = await next();
    return 'told' in again ? again.told : ticketFor(gateway, again);
  }

  return {
    async order(userId, wanted, idempotencyKey) {
      const { channel } = wanted;
      if (!offered.includes(channel)) throw channelNotOpen(channel, offered);
      const scope =
        idempotencyKey === undefined ? undefined : rechargeScope(userId, idempotencyKey, wanted);
      const open = () => transact((within) => openWithin(within, { userId, wanted, scope }));
      const opened = await open();
      if ('told' in opened) return opened.told;
      const ticket = await make(gatewayFor(channel), opened, open).catch((error: unknown) => {
        throw toUnavailable(error, logger);
      });
      return scope ? transact((within) => keepTold(within, scope, ticket)) : ticket;
    },
    async byId(userId, id) {
      const order = await stores.orders.byId(id);
      const mine =
        order && (order.userId === userId || (await stores.beneficiaries.of(order)) === userId);
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

/** An order to be paid, or what was replied before. */
type OpenedOrder = { order: Order; title: string };
type Opening = OpenedOrder | { told: OrderTicket };

/** Key and order are one transaction; the lock makes two requests at once find the same order. */
async function openWithin(
  { orders, packages, ledger, idempotency }: RechargeStores,
  request: { userId: string; wanted: Recharge; scope: IdempotencyScope | undefined },
): Promise<Opening> {
  const { userId, wanted, scope } = request;
  const { packageId, channel } = wanted;
  await ledger.lock(userId);
  const kept = scope && (await claimOrderKey(idempotency, scope));
  if (kept?.told) return { told: kept.told };
  const before = kept && (await orders.byId(kept.orderId));
  const bought = await packages.byId(packageId);
  // Nobody was told of it: one that ran out meanwhile is of no use to anybody.
  if (before && bought && (isPayable(before) || before.paidAt)) {
    return { order: before, title: bought.title };
  }
  if (!bought || bought.retiredAt) throw new AppError(404, 'not_found', '没有这个套餐。');
  const pending = await orders.pendingOf({ userId, packageId, channel });
  const order =
    pending && isReusable(pending, bought)
      ? pending
      : await orders.insert(newOrder(userId, channel, bought));
  if (scope) await idempotency.keep(scope, { orderId: order.id } satisfies KeptOrder);
  return { order, title: bought.title };
}

/** Of two at once with one key, both reply what the first does. */
async function keepTold(
  { ledger, idempotency }: RechargeStores,
  scope: IdempotencyScope,
  { order, payment }: OrderTicket,
): Promise<OrderTicket> {
  await ledger.lock(scope.userId);
  const kept = await claimOrderKey(idempotency, scope);
  if (kept?.told) return kept.told;
  const { id, status, amountFen, tokens, expiresAt } = order;
  const told = { order: { id, status, amountFen, tokens, expiresAt }, payment };
  await idempotency.keep(scope, { orderId: id, told } satisfies KeptOrder);
  return told;
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
