import { z } from 'zod';
import { cursorTime, pageQuery } from '../../http/paging.ts';
import { periodQuery } from '../period-query.ts';

const whole = z.int();

const amounts = {
  requests: whole,
  promptTokens: whole,
  cachedTokens: whole,
  completionTokens: whole,
  cost: whole.describe('balance tokens that learners paid'),
  currency: z.string(),
  providerCost: whole.describe(
    'what the provider asks by its prices, in millionths of the currency',
  ),
};

export const statsSchema = z.object({
  users: z.object({ total: whole, guests: whole, learners: whole, admins: whole }),
  active: z.object({ today: whole, sevenDays: whole }).describe('who asked something'),
  questions: z.object({ today: whole, total: whole }),
  tokens: z
    .object({ prompt: whole, cached: whole, completion: whole })
    .describe('of the provider: read, read from its cache, written'),
  revenueFen: whole.describe('paid, less what was paid back'),
  balanceTokens: z.object({ sold: whole, granted: whole, used: whole }),
  runningAnswers: whole,
  jobs: z.object({
    queued: whole,
    running: whole,
    done: whole,
    failed: whole,
    cancelled: whole,
  }),
});

export const usageQuery = z.object({
  ...periodQuery,
  by: z.enum(['day', 'model', 'user'], { error: '只能是 day、model 或 user' }).default('day'),
});

export const usageReportSchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  by: z.enum(['day', 'model', 'user']),
  items: z.array(
    z.object({
      key: z.string().describe('a day (UTC+8), a model or the id of a user'),
      ...amounts,
      revenueFen: whole.optional().describe('by day: paid, less what was paid back'),
    }),
  ),
});

const kind = z.enum(['ledger', 'usage', 'wechat_pay']);

export const reconciliationSchema = z.object({
  id: z.uuid(),
  day: z.iso.date(),
  kind,
  sound: z.boolean(),
  detail: z.record(z.string(), z.unknown()),
  createdAt: z.iso.datetime(),
  acknowledgedAt: z.iso.datetime().nullable().describe('when an administrator took note of it'),
});

const flagText = z
  .enum(['true', 'false'], { error: '只能是 true 或 false' })
  .transform((text) => text === 'true');

export const reconciliationsQuery = z.object({
  ...pageQuery,
  kind: kind.optional(),
  alarms: flagText.optional().describe('only differences that nobody took note of'),
});
export const reconciliationParams = z.object({ id: z.uuid() });
export const reconciliationCursor = z.tuple([cursorTime, z.uuid()]);

export const mailSettingsSchema = z.object({
  enabled: z.boolean({ error: '必须是 true 或 false' }).describe('monthly statement, low balance'),
});
