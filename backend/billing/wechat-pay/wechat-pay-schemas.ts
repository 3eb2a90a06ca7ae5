import { z } from 'zod';

/** "Letters, digits and _-|*", https://pay.weixin.qq.com/doc/v3 */
export const tradeNoSchema = z.string().regex(/^[\w|*-]{1,64}$/);

/** A payment as replies and notices have it; https://pay.weixin.qq.com/doc/v3 */
export const transactionSchema = z.object({
  appid: z.string(),
  mchid: z.string(),
  out_trade_no: tradeNoSchema,
  transaction_id: z.string().optional(),
  trade_state: z.string(),
  success_time: z.iso.datetime({ offset: true }).optional(),
  amount: z
    .object({
      total: z.int(),
      payer_total: z.int().optional(),
      currency: z.string().default('CNY'),
      payer_currency: z.string().default('CNY'),
    })
    .optional(),
  promotion_detail: z.array(z.object({ amount: z.int() })).optional(),
});
export type WechatTransaction = z.output<typeof transactionSchema>;

/** https://pay.weixin.qq.com/doc/v3 */
export const refundSchema = z.object({
  out_refund_no: z.string(),
  status: z.enum(['SUCCESS', 'CLOSED', 'PROCESSING', 'ABNORMAL']),
});

/** In a notice the state has another name; https://pay.weixin.qq.com/doc/v3 */
export const refundNoticeSchema = z
  .object({
    mchid: z.string(),
    out_refund_no: z.string(),
    refund_status: z.enum(['SUCCESS', 'CLOSED', 'PROCESSING', 'ABNORMAL']),
  })
  .transform(({ mchid, out_refund_no, refund_status: status }) => ({
    mchid,
    out_refund_no,
    status,
  }));
export type WechatRefundState = z.output<typeof refundSchema>['status'];

/** https://pay.weixin.qq.com/doc/v3 */
export const envelopeSchema = z.object({
  id: z.string(),
  event_type: z.string(),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: z.string(),
    nonce: z.string(),
    associated_data: z.string().default(''),
  }),
});

export const nativeSchema = z.object({ code_url: z.string().min(1) });
export const jsapiSchema = z.object({ prepay_id: z.string().min(1) });
export const closedSchema = z.object({});

/** https://pay.weixin.qq.com/doc/v3 */
export const billSchema = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string(),
  download_url: z.url(),
});
