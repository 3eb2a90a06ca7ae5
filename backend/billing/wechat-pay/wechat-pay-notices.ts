import type { z } from 'zod';
import type { Logger } from '../../logger.ts';
import type { PaymentCrediting } from '../recharge/payment-crediting.ts';
import type { PaymentGateway } from '../recharge/payment-gateway.ts';
import type { PaymentNoticeStore } from '../recharge/payment-notice-store.ts';
import type { RefundSettling } from '../recharge/refund-settling.ts';
import { distrustOf } from './verification.ts';
import type { WechatPayClient } from './wechat-pay-client.ts';
import { decryptResource, type MessageSignature } from './wechat-pay-crypto.ts';
import { refundStateOf, toPayment } from './wechat-pay-gateway.ts';
import { envelopeSchema, refundNoticeSchema, transactionSchema } from './wechat-pay-schemas.ts';

/**
 * What WeChat Pay is answered: 200 and it is done; anything else and it sends the notice again, for a
 * day. https://pay.weixin.qq.com/doc/v3
 */
export interface NoticeAnswer {
  status: 200 | 400 | 401 | 404 | 500;
  message: string;
}

export interface WechatPayNotices {
  receive(body: string, signed: MessageSignature | undefined): Promise<NoticeAnswer>;
}

type Envelope = z.output<typeof envelopeSchema>;

const DONE: NoticeAnswer = { status: 200, message: '成功' };
const NO_SUCH_ORDER: NoticeAnswer = { status: 404, message: '没有这个订单' };
const UNREADABLE: NoticeAnswer = { status: 400, message: '通知无法读取' };
const UNTRUSTED: NoticeAnswer = { status: 401, message: '签名验证失败' };

export function createWechatPayNotices(parts: {
  client: Pick<WechatPayClient, 'settings' | 'keys'>;
  gateway: PaymentGateway;
  crediting: PaymentCrediting;
  refunds: Pick<RefundSettling, 'told'>;
  notices: PaymentNoticeStore;
  logger: Logger;
}): WechatPayNotices {
  const { client, gateway, crediting, refunds, notices, logger } = parts;
  const { apiV3Key, mchId } = client.settings;

  async function paid(envelope: Envelope, content: unknown): Promise<NoticeAnswer> {
    const payment = toPayment(transactionSchema.parse(content));
    if (!payment) return UNREADABLE;
    const source = { gateway, by: 'notice', channel: 'wechat_pay', noticeId: envelope.id } as const;
    const outcome = await crediting.credit(payment, source);
    // One that is refused stays refused, however often it comes; that it came is on record.
    return outcome === 'unknown_order' ? NO_SUCH_ORDER : DONE;
  }

  async function refunded(envelope: Envelope, content: unknown): Promise<NoticeAnswer> {
    const { mchid, out_refund_no, status } = refundNoticeSchema.parse(content);
    const ours = mchid === mchId && (await refunds.told(out_refund_no, refundStateOf(status)));
    await notices.record({
      channel: 'wechat_pay',
      tradeNo: null,
      outcome: ours ? `refund_${status.toLowerCase()}` : 'refused',
      detail: { noticeId: envelope.id, refundNo: out_refund_no },
    });
    if (!ours) logger.error({ refundNo: out_refund_no }, 'a notice of a refund that is not ours');
    return DONE;
  }

  async function handle(envelope: Envelope, content: unknown): Promise<NoticeAnswer> {
    if (envelope.event_type === 'TRANSACTION.SUCCESS') return paid(envelope, content);
    if (envelope.event_type.startsWith('REFUND.')) return refunded(envelope, content);
    logger.warn({ event: envelope.event_type }, 'a notice that nobody waits for');
    return DONE;
  }

  return {
    async receive(body, signed) {
      const distrust = await distrustOf({ body, signed }, client.keys);
      if (distrust) {
        logger.warn({ distrust }, 'a notice was not believed');
        return UNTRUSTED;
      }
      const opened = open(body, apiV3Key);
      if (!opened) {
        logger.error({}, 'a signed notice could not be read: is WECHAT_PAY_API_V3_KEY right?');
        return UNREADABLE;
      }
      return handle(opened.envelope, opened.content);
    },
  };
}

function open(body: string, apiV3Key: string) {
  try {
    const envelope = envelopeSchema.parse(JSON.parse(body));
    const content: unknown = JSON.parse(decryptResource(envelope.resource, apiV3Key));
    return { envelope, content };
  } catch {
    // What was thrown may quote what was decrypted.
    return undefined;
  }
}
