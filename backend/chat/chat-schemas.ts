import { z } from 'zod';
import { citationSchema, quoteSchema } from '../citations/citation-schemas.ts';
import { pageQuery } from '../http/paging.ts';
import { idSchema, textSchema } from '../http/text-schema.ts';

const modeSchema = z.enum(['qa', 'explain', 'translate', 'socratic'], {
  error: '只能是 qa、explain、translate 或 socratic',
});
const booleanText = z
  .enum(['true', 'false', '1', '0'], { error: '只能是 true 或 false' })
  .transform((value) => value === 'true' || value === '1');

export const sessionSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  mode: modeSchema,
  archived: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  lastMessageAt: z.iso.datetime().nullable(),
});

export const listedSessionSchema = sessionSchema.extend({
  match: z
    .string()
    .nullable()
    .describe('what was said around `q`; null where the title holds it, and without `q`'),
});

export const feedbackSchema = z.object({
  rating: z.enum(['up', 'down'], { error: '只能是 up 或 down' }),
  comment: z.string().nullable(),
});

export const messageSchema = z.object({
  id: z.uuid(),
  sessionId: z.uuid(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  status: z.enum(['streaming', 'complete', 'stopped', 'failed']),
  failure: z.enum(['model_failed', 'content_rejected']).nullable().describe('why it failed'),
  citations: z.array(citationSchema),
  quotes: z.array(quoteSchema),
  usage: z
    .object({
      promptTokens: z.int(),
      cachedTokens: z.int(),
      completionTokens: z.int(),
      reasoningTokens: z.int().optional().describe('part of completionTokens'),
      cost: z.int(),
      model: z.string(),
      peak: z.boolean().optional(),
      rates: z
        .object({ cached: z.int(), prompt: z.int(), completion: z.int() })
        .optional()
        .describe('thousandths of a balance token for each token of the model'),
      priceId: z.uuid().optional(),
    })
    .nullable(),
  favorite: z.boolean(),
  feedback: feedbackSchema.nullable().describe('what its reader said of it'),
  followUps: z.array(z.string()).describe('questions that suggest themselves next'),
  truncated: z.boolean().describe('ended because it had reached its greatest length'),
  version: z.int().describe('1, 2, 3 … of the answers to one question; the newest is current'),
  versions: z.int().describe('how many answers to its question there are'),
  createdAt: z.iso.datetime(),
});

export const answerSchema = z.object({
  userMessage: messageSchema,
  message: messageSchema,
  balance: z.int(),
});

export const createSessionBody = z.object({
  title: textSchema(1, 100).optional(),
  mode: modeSchema.default('qa'),
});
export const updateSessionBody = z.object({
  title: textSchema(1, 100).optional(),
  archived: z.boolean({ error: '只能是 true 或 false' }).optional(),
  mode: modeSchema.optional(),
});
export const sessionParams = z.object({ id: idSchema });
export const messageParams = z.object({ mid: idSchema });
export const sessionMessageParams = z.object({ id: idSchema, mid: idSchema });
export const sessionsQuery = z.object({
  ...pageQuery,
  archived: booleanText.optional(),
  q: textSchema(0, 100).optional(),
});
export const messagesQuery = z.object({
  ...pageQuery,
  order: z.enum(['asc', 'desc'], { error: '只能是 asc 或 desc' }).default('asc'),
});
export const eventsQuery = z.object({
  after: z.coerce
    .number({ error: '必须是数字' })
    .int({ error: '必须是整数' })
    .min(0, { error: '不能小于 0' })
    .max(1e9)
    .optional(),
});

export function askBody(models: readonly string[]) {
  return z.object({
    content: textSchema(1, 4000),
    model: z.enum(models, { error: `只能是 ${models.join('、')}` }).optional(),
    thinking: z.boolean({ error: '只能是 true 或 false' }).optional(),
  });
}
