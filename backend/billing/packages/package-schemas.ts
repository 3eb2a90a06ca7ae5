import { z } from 'zod';
import { idSchema, textSchema } from '../../http/text-schema.ts';
import { PAYMENT_CHANNELS } from '../recharge/order.ts';

const MOST_TOKENS = 1_000_000_000_000;
/** A million yuan. */
const MOST_FEN = 100_000_000;

const offerShape = {
  title: textSchema(1, 40),
  tokens: z.int().min(1).max(MOST_TOKENS),
  amountFen: z.int().min(1).max(MOST_FEN),
  plan: z.enum(['vip']).nullable(),
  planDays: z.int().min(1).max(3660).nullable(),
  position: z.int().min(0).max(1_000_000),
};

export const packageParams = z.object({ id: idSchema });

export const newPackageBody = z.object({
  ...offerShape,
  plan: offerShape.plan.default(null),
  planDays: offerShape.planDays.default(null),
  position: offerShape.position.default(0),
});

export const packageChangeBody = z
  .object({ ...offerShape, retired: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, { error: '没有要改的内容' });

const packageShape = {
  id: z.uuid(),
  title: z.string(),
  tokens: z.int(),
  amountFen: z.int().describe('hundredths of a yuan'),
  plan: z.enum(['vip']).nullable().describe('comes with it'),
  planDays: z.int().nullable(),
};

const packageSchema = z.object(packageShape);

export const offerSchema = z.object({
  items: z.array(packageSchema),
  channels: z
    .array(z.enum([...PAYMENT_CHANNELS, 'redeem_code']))
    .describe('the ways to pay that are open here'),
});

export const administeredPackageSchema = z.object({
  ...packageShape,
  position: z.int(),
  retiredAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});

export const itemsOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });
