import { z } from 'zod';
import { pageQuery, pageSchema, readCursor, toPage } from '../../http/paging.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { textSchema } from '../../http/text-schema.ts';
import { NOTICE_OUTCOMES } from './payment-notice.ts';
import type { PaymentNoticeStore } from './payment-notice-store.ts';
import { orderCursor } from './recharge-routes.ts';

const outcome = z.enum(NOTICE_OUTCOMES);

const query = z.object({
  ...pageQuery,
  outcome: outcome.optional(),
  tradeNo: textSchema(1, 64).optional(),
});

const noticeSchema = z.object({
  id: z.uuid(),
  channel: z.enum(['wechat_pay', 'wechat_virtual']),
  tradeNo: z.string().nullable().describe('the number of the order, where one was named'),
  outcome,
  detail: z.record(z.string(), z.unknown()),
  createdAt: z.iso.datetime(),
});

/** For whoever has to find out what became of somebody's money. */
export function paymentNoticeListRoutes(notices: Pick<PaymentNoticeStore, 'list'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/payment-notices',
      summary: 'What providers told of payments and what became of it, newest first',
      tag: 'administration',
      access: 'admin',
      query,
      data: pageSchema(noticeSchema),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const before = readCursor(cursor, orderCursor);
        const rows = await notices.list(filter, { limit: limit + 1, before });
        const page = toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
        const items = page.items.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
        return { ...page, items };
      },
    }),
  ];
}
