import { z } from 'zod';
import { cursorTime, pageQuery, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { BillingService } from './billing-service.ts';

const tag = 'billing';
const tokens = z.int();

const usageSchema = z.object({ used: tokens, limit: tokens });

const balanceSchema = z.object({
  balance: tokens,
  held: tokens.describe('set aside for answers that are being written'),
  available: tokens,
  quota: z.object({ dailyRequests: usageSchema, monthlyTokens: usageSchema }),
});

const transactionSchema = z.object({
  id: z.uuid(),
  type: z.enum(['grant', 'recharge', 'consume', 'refund', 'adjust']),
  amount: tokens.describe('signed'),
  balanceAfter: tokens,
  reason: z.string(),
  messageId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
});

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
        const items = page.items.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
        return { ...page, items };
      },
    }),
  ];
}
