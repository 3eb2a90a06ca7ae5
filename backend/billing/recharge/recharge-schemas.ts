import { z } from 'zod';
import { pageQuery, pageSchema } from '../../http/paging.ts';
import { idSchema, textSchema } from '../../http/text-schema.ts';
import { ORDER_STATUSES, PAYMENT_CHANNELS } from './order.ts';

export const rechargeBody = z.discriminatedUnion('channel', [
  z.object({ channel: z.enum(PAYMENT_CHANNELS), packageId: idSchema }),
  z.object({
    channel: z.literal('redeem_code'),
    redeemCode: z.string({ error: '必须是文字' }).max(200, { error: '太长' }),
  }),
]);

const channel = z.enum([...PAYMENT_CHANNELS, 'redeem_code']);
const status = z.enum(ORDER_STATUSES);
const time = z.iso.datetime();
const fen = z.int().min(0);

export const orderSchema = z.object({
  id: z.uuid(),
  status,
  amountFen: fen,
  tokens: z.int(),
  expiresAt: time.describe('until when it can be paid'),
});

const paymentSchema = z.union([
  z.strictObject({ codeUrl: z.string().describe('wechat_native: to be shown as a QR code') }),
  z.strictObject({
    appId: z.string(),
    timeStamp: z.string(),
    nonceStr: z.string(),
    package: z.string(),
    signType: z.string(),
    paySign: z.string(),
  }),
  z.strictObject({
    mode: z.string(),
    signData: z.string().describe('wechat_virtual: to be handed on letter by letter'),
    paySig: z.string(),
    signature: z.string(),
  }),
  z.strictObject({}).describe('nothing is left to be paid'),
]);

export const orderTicketSchema = z.object({ order: orderSchema, payment: paymentSchema });

export const ownOrderSchema = orderSchema.extend({
  channel,
  packageId: z.uuid().nullable(),
  plan: z.enum(['vip']).nullable(),
  planDays: z.int().nullable(),
  refundedFen: fen.describe('what was given back so far'),
  createdAt: time,
  paidAt: time.nullable(),
});

export const refundSchema = z.object({
  id: z.uuid(),
  refundNo: z.string(),
  amountFen: fen,
  tokens: z.int().describe('taken back'),
  reason: z.string(),
  status: z.enum(['pending', 'succeeded', 'failed']),
  createdAt: time,
  endedAt: time.nullable(),
});

const administeredOrderSchema = ownOrderSchema.extend({
  userId: z.uuid(),
  email: z.string().nullable(),
  nickname: z.string(),
  title: z.string().nullable().describe('of the package'),
  tradeNo: z.string(),
  transactionId: z.string().nullable(),
  refunds: z.array(refundSchema),
});

export const orderParams = z.object({ id: idSchema });
export const ownOrdersSchema = pageSchema(ownOrderSchema);
export const ordersQuery = z.object(pageQuery);
export const administeredOrdersSchema = pageSchema(administeredOrderSchema);
export const administeredOrdersQuery = z.object({
  ...pageQuery,
  status: status.optional(),
  channel: channel.optional(),
  q: textSchema(1, 100).optional(),
});

export const refundBody = z.object({
  amountFen: z.int().min(1).optional(),
  reason: textSchema(1, 80),
});
export const refundReplySchema = z.object({
  refund: refundSchema,
  order: ownOrderSchema,
});

/** How WeChat proves where a message push comes from. */
const pushPart = z.string().max(200).optional();
export const pushQuery = z.object({
  signature: pushPart,
  timestamp: pushPart,
  nonce: pushPart,
  msg_signature: pushPart,
});
export const pushEchoQuery = pushQuery.extend({ echostr: z.string().max(200) });
