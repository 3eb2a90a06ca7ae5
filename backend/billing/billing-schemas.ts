import { z } from 'zod';

const tokens = z.int();

const usageSchema = z.object({ used: tokens, limit: tokens });

export const balanceSchema = z.object({
  balance: tokens,
  held: tokens.describe('set aside for answers that are being written'),
  available: tokens,
  quota: z.object({ dailyRequests: usageSchema, monthlyTokens: usageSchema }),
});

export const transactionSchema = z.object({
  id: z.uuid(),
  type: z.enum(['grant', 'recharge', 'consume', 'refund', 'adjust']),
  amount: tokens.describe('signed'),
  balanceAfter: tokens,
  reason: z.string(),
  messageId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
});
