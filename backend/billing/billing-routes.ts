import { z } from 'zod';
import { cursorTime, pageQuery, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { balanceSchema, transactionSchema } from './billing-schemas.ts';
import type { BillingService } from './billing-service.ts';
import { presentTransaction } from './present-transaction.ts';

const tag = 'billing';
const cursorSchema = z.tuple([cursorTime, z.uuid()]);

export function billingRoutes(billing: BillingService): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/user/balance',
      summary: 'Tokens and quota of the own account',
      tag,
      access: 'user',
      data: balanceSchema,
      handle: ({ identity }) => billing.overview(identity.userId),
    }),
    defineRoute({
      method: 'get',
      path: '/api/billing/transactions',
      summary: 'What came in and went out, newest first',
      tag,
      access: 'user',
      query: z.object(pageQuery),
      data: pageSchema(transactionSchema),
      handle: async ({ identity, query }) => {
        const before = readCursor(query.cursor, cursorSchema);
        const page = await billing.transactions(identity.userId, { limit: query.limit, before });
        return { ...page, items: page.items.map(presentTransaction) };
      },
    }),
  ];
}
