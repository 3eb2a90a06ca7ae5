import { z } from 'zod';
import { cursorTime, readCursor } from '../../http/paging.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { RedeemService } from '../redeem/redeem-service.ts';
import type { OrderService } from './order-service.ts';
import type { OrderStore } from './order-store.ts';
import { presentOrder, presentOwnOrder } from './present-order.ts';
import {
  orderParams,
  ordersQuery,
  orderTicketSchema,
  ownOrderSchema,
  ownOrdersSchema,
  rechargeBody,
} from './recharge-schemas.ts';
import type { RefundStore } from './refund-store.ts';

const tag = 'billing';
export const orderCursor = z.tuple([cursorTime, z.uuid()]);

export interface OrderReading {
  orders: OrderService;
  store: Pick<OrderStore, 'search'>;
  refundsOf: RefundStore['ofOrders'];
}

export function rechargeRoutes(services: { redeem: RedeemService } & OrderReading): Route[] {
  const { redeem, orders } = services;
  return [
    defineRoute({
      method: 'post',
      path: '/api/billing/recharge',
      summary: 'Order a package, or use a redeem code',
      tag,
      access: 'account',
      idempotent: 'by-handler',
      body: rechargeBody,
      data: orderTicketSchema,
      status: 201,
      handle: async ({ identity, body, idempotencyKey }) => {
        if (body.channel === 'redeem_code') {
          const redeemed = await redeem.redeem(identity.userId, body.redeemCode, idempotencyKey);
          return { order: presentOrder(redeemed.order), payment: {} };
        }
        const { order, payment } = await orders.order(identity.userId, body, idempotencyKey);
        return { order: presentOrder(order), payment };
      },
    }),
    ...ownOrderRoutes(services),
  ];
}

function ownOrderRoutes({ orders, refundsOf }: OrderReading): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/billing/orders',
      summary: 'Own orders, newest first',
      tag,
      access: 'account',
      query: ordersQuery,
      data: ownOrdersSchema,
      handle: async ({ identity, query }) => {
        const before = readCursor(query.cursor, orderCursor);
        const page = await orders.list(identity.userId, { limit: query.limit, before });
        const refunds = await refundsOf(page.items.map(({ id }) => id));
        return { ...page, items: page.items.map((order) => presentOwnOrder(order, refunds)) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/billing/orders/{id}',
      summary: 'How an own order stands',
      tag,
      access: 'account',
      params: orderParams,
      data: ownOrderSchema,
      handle: async ({ identity, params }) => {
        const order = await orders.byId(identity.userId, params.id);
        return presentOwnOrder(order, await refundsOf([order.id]));
      },
    }),
  ];
}
