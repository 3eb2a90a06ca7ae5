import { z } from 'zod';
import { idSchema } from '../http/text-schema.ts';
import { askBody } from './chat-schemas.ts';

export function regenerateBody(models: readonly string[]) {
  return askBody(models).omit({ content: true });
}

/** The same key as HTTP's `Idempotency-Key`, so that a question sent again by the other way is known. */
const clientId = z
  .string({ error: '必须是文字' })
  .regex(/^[\x20-\x7e]{1,128}$/, { error: '必须是 1 到 128 个可打印的 ASCII 字符' })
  .optional();
const after = z
  .int({ error: '必须是整数' })
  .min(0, { error: '不能小于 0' })
  .max(1e9, { error: '太大' })
  .default(0);
const token = z.string({ error: '必须是文字' }).regex(/^\S{1,4096}$/, { error: '不是令牌' });

/** What a client may say over a WebSocket. */
export function frameSchema(models: readonly string[]) {
  const sessionId = idSchema;
  const messageId = idSchema;
  return z.discriminatedUnion(
    'type',
    [
      z.object({ type: z.literal('auth'), token }),
      askBody(models).extend({ type: z.literal('ask'), sessionId, clientId }),
      regenerateBody(models).extend({
        type: z.literal('regenerate'),
        ...{ sessionId, messageId, clientId },
      }),
      z.object({ type: z.literal('subscribe'), messageId, after }),
      z.object({ type: z.literal('unsubscribe'), messageId }),
      z.object({ type: z.literal('stop'), messageId }),
      z.object({ type: z.literal('ping') }),
    ],
    { error: '没有这种消息' },
  );
}

export type Frame = z.infer<ReturnType<typeof frameSchema>>;
