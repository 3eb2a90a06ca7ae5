import { z } from 'zod';
import { pageQuery } from '../http/paging.ts';
import { textSchema } from '../http/text-schema.ts';
import { messageSchema } from './chat-schemas.ts';

const ratingSchema = z.enum(['up', 'down'], { error: '只能是 up 或 down' });
const flagText = z
  .enum(['true', 'false', '1', '0'], { error: '只能是 true 或 false' })
  .transform((value) => value === 'true' || value === '1');

export const feedbackBody = z.object({
  rating: ratingSchema,
  comment: textSchema(0, 1000)
    .nullish()
    .transform((comment) => comment || null),
});

export const feedbackQuery = z.object({
  ...pageQuery,
  rating: ratingSchema.optional(),
  handled: flagText.optional(),
});

export const feedbackRecordSchema = z.object({
  message: messageSchema,
  question: z.string().nullable(),
  user: z.object({ id: z.uuid(), nickname: z.string() }),
  sessionId: z.uuid(),
  rating: ratingSchema,
  comment: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  handledAt: z.iso.datetime().nullable(),
});

export const handledBody = z.object({
  handled: z.boolean({ error: '只能是 true 或 false' }),
});
