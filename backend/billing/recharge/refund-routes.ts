import { requireIdempotencyKey } from '../../http/idempotency.ts';
import { readCursor, toPage } from '../../http/paging.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { administratorOf } from '../administrator.ts';
import { presentAdministeredOrder, presentOwnOrder, presentRefund } from './present-order.ts';
import { type OrderReading, orderCursor } from './recharge-routes.ts';
import {
  administeredOrdersQuery,
  administeredOrdersSchema,
  orderParams,
  refundBody,
  refundReplySchema,
} from './recharge-schemas.ts';
import type { RefundService } from './refund-service.ts';

const tag = 'administration';

export function refundRoutes(services: OrderReading & { refunds: RefundService }): Route[] {
  const { refunds, store, refundsOf } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/orders',
      summary: 'Orders, newest first; found by number, id, address or name',
      tag,
      access: 'admin',
      query: administeredOrdersQuery,
      data: administeredOrdersSchema,
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const before = readCursor(cursor, orderCursor);
        const rows = await store.search(filter, { limit: limit + 1, before });
        const page = toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
        const given = await refundsOf(page.items.map(({ id }) => id));
        return { ...page, items: page.items.map((row) => presentAdministeredOrder(row, given)) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/orders/{id}/refund',
      summary: 'Give money back, all that is left or part of it, and take its tokens back',
      tag,
      access: 'admin',
      idempotent: 'by-handler',
      params: orderParams,
      body: refundBody,
      data: refundReplySchema,
      handle: async (context) => {
        const { params, body } = context;
        const idempotencyKey = requireIdempotencyKey(context.idempotencyKey);
        const by = administratorOf(context);
        const refund = await refunds.refund(by, params.id, { ...body, idempotencyKey });
        const order = await services.orders.administered(params.id);
        const given = await refundsOf([order.id]);
        return { refund: presentRefund(refund), order: presentOwnOrder(order, given) };
      },
    }),
  ];
}
