import { z } from 'zod';
import { idSchema, textSchema } from '../../http/text-schema.ts';

export const newBatchBody = z.object({
  count: z.int().min(1).max(1000),
  tokens: z.int().min(1).max(1_000_000_000),
  expiresAt: z.iso
    .datetime({ offset: true, error: '必须是带时区的 ISO 8601 时间' })
    .refine((text) => !text.startsWith('0000'))
    .transform((text) => new Date(text))
    .optional(),
  note: textSchema(0, 200).default(''),
});

export const batchParams = z.object({ id: idSchema });

export const batchSchema = z.object({
  id: z.uuid(),
  note: z.string(),
  count: z.int(),
  redeemed: z.int().describe('how many of them have been used'),
  tokens: z.int().describe('what each is worth'),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});

export const issuedBatchSchema = z.object({
  batch: batchSchema,
  codes: z.array(z.string()).describe('shown now and never again'),
});
