import { z } from 'zod';
import { cursorTime, pageQuery, pageSchema, readCursor } from '../../http/paging.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { administratorOf } from '../administrator.ts';
import type { RedeemBatch } from './redeem-batch.ts';
import type { RedeemBatchService } from './redeem-batch-service.ts';
import { batchParams, batchSchema, issuedBatchSchema, newBatchBody } from './redeem-schemas.ts';

const tag = 'administration';
const cursorSchema = z.tuple([cursorTime, z.uuid()]);

/** What administrators do with redeem codes; using one is a way to recharge. */
export function redeemRoutes(batches: RedeemBatchService): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/admin/redeem-codes',
      summary: 'Make redeem codes; they are shown in this reply only',
      tag,
      access: 'admin',
      idempotent: 'by-handler',
      body: newBatchBody,
      data: issuedBatchSchema,
      status: 201,
      handle: async (context) => {
        const { body, idempotencyKey, response } = context;
        response.setHeader('Cache-Control', 'no-store');
        const issued = await batches.issue(administratorOf(context), body, idempotencyKey);
        return { batch: present(issued.batch), codes: issued.codes };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/redeem-batches',
      summary: 'Batches of redeem codes, newest first',
      tag,
      access: 'admin',
      query: z.object(pageQuery),
      data: pageSchema(batchSchema),
      handle: async ({ query: { limit, cursor } }) => {
        const before = readCursor(cursor, cursorSchema);
        const page = await batches.batches({ limit, before });
        return { ...page, items: page.items.map(present) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/redeem-batches/{id}/revoke',
      summary: 'Make the unused codes of a batch worthless',
      tag,
      access: 'admin',
      params: batchParams,
      body: z.object({}),
      data: batchSchema,
      handle: async (context) =>
        present(await batches.revoke(administratorOf(context), context.params.id)),
    }),
  ];
}

function present(batch: RedeemBatch): z.input<typeof batchSchema> {
  return {
    ...batch,
    expiresAt: batch.expiresAt?.toISOString() ?? null,
    revokedAt: batch.revokedAt?.toISOString() ?? null,
    createdAt: batch.createdAt.toISOString(),
  };
}
