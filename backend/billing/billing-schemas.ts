import { z } from 'zod';
import { pageQuery } from '../http/paging.ts';
import { idSchema, textSchema } from '../http/text-schema.ts';
import { periodInOrder, periodQuery } from './period-query.ts';

const tokens = z.int();

const usageSchema = z.object({ used: tokens, limit: tokens });

export const balanceSchema = z.object({
  balance: tokens,
  held: tokens.describe('set aside for answers that are being written'),
  available: tokens,
  quota: z.object({
    plan: z.enum(['free', 'vip']).describe('the plan that counts now'),
    planUntil: z.iso.datetime().nullable().describe('when it ends; null for no end'),
    dailyRequests: usageSchema,
    monthlyTokens: usageSchema,
  }),
});

const transactionType = z.enum(['grant', 'recharge', 'consume', 'refund', 'adjust']);

export const transactionSchema = z.object({
  id: z.uuid(),
  type: transactionType,
  amount: tokens.describe('signed'),
  balanceAfter: tokens,
  reason: z.string(),
  messageId: z.uuid().nullable(),
  sessionId: z.uuid().nullable().describe('the conversation of that message, if it is still there'),
  createdAt: z.iso.datetime(),
});

const transactionFilter = { type: transactionType.optional(), ...periodQuery };

export const transactionsQuery = z
  .object({ ...pageQuery, ...transactionFilter })
  .refine(...periodInOrder);
export const transactionExportQuery = z.object(transactionFilter).refine(...periodInOrder);

const reason = textSchema(1, 200);

export const consumeBody = z.object({ amount: z.int().min(1).max(1_000_000), reason });

const MOST_CREDIT = 1_000_000_000;

export const creditParams = z.object({ id: idSchema });
export const creditBody = z.object({
  amount: z
    .int()
    .min(-MOST_CREDIT)
    .max(MOST_CREDIT)
    .refine((amount) => amount !== 0, { error: '不能为 0' }),
  reason,
});

/** What moved, and all that there is afterwards. */
export const postingSchema = z.object({ transaction: transactionSchema, balance: tokens });
