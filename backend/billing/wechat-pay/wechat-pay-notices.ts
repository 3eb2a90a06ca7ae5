import { z } from 'zod';
import type { Logger } from '../../logger.ts';
import type { PaymentCrediting } from '../recharge/payment-crediting.ts';
import type { PaymentGateway } from '../recharge/payment-gateway.ts';
import type { NoticeOutcome } from '../recharge/payment-notice.ts';
import type { PaymentNoticeStore } from '../recharge/payment-notice-store.ts';
import type { RefundSettling } from '../recharge/refund-settling.ts';
import { distrustOf } from './verification.ts';
import type { WechatPayClient } from './wechat-pay-client.ts';
import { decryptResource, type MessageSignature } from './wechat-pay-crypto.ts';
import { refundStateOf, toPayment } from './wechat-pay-gateway.ts';
import {
  envelopeSchema,
  refundNoticeSchema,
  tradeNoSchema,
  transactionSchema,
  type WechatRefundState,
} from './wechat-pay-schemas.ts';

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
interface Opened {
  envelope: Envelope;
  content: unknown;
}

/** Where nothing else can be read. */
const namedOrder = z.object({ out_trade_no: tradeNoSchema });

const REFUND_OUTCOMES = {
  SUCCESS: 'refund_success',
  CLOSED: 'refund_closed',
  PROCESSING: 'refund_processing',
  ABNORMAL: 'refund_abnormal',
} as const satisfies Record<WechatRefundState, NoticeOutcome>;

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

  /** WeChat Pay says it, so something is to be learnt from it; only by somebody who looks. */
  async function unreadable(opened: Opened | undefined, faults: string[]): Promise<NoticeAnswer> {
    const { id: noticeId = null, event_type: event = null } = opened?.envelope ?? {};
    const about = { noticeId, event, faults };
    const tradeNo = namedOrder.safeParse(opened?.content).data?.out_trade_no ?? null;
    logger.error(about, 'a signed notice could not be read');
    const notice = { channel: 'wechat_pay', tradeNo, outcome: 'unreadable' } as const;
    await notices.record({ ...notice, detail: about });
    return UNREADABLE;
  }

  async function paid(envelope: Envelope, content: unknown): Promise<NoticeAnswer> {
    const read = transactionSchema.safeParse(content);
    if (!read.success) return unreadable({ envelope, content }, faultsIn(read.error));
    const payment = toPayment(read.data);
    if (!payment)
      return unreadable({ envelope, content }, [`trade_state ${read.data.trade_state}`]);
    const source = { gateway, by: 'notice', channel: 'wechat_pay', noticeId: envelope.id } as const;
    const outcome = await crediting.credit(payment, source);
    // One that is refused stays refused, however often it comes; that it came is on record.
    return outcome === 'unknown_order' ? NO_SUCH_ORDER : DONE;
  }

  async function refunded(envelope: Envelope, content: unknown): Promise<NoticeAnswer> {
    const read = refundNoticeSchema.safeParse(content);
    if (!read.success) return unreadable({ envelope, content }, faultsIn(read.error));
    const { mchid, out_refund_no, status } = read.data;
    const ours = mchid === mchId && (await refunds.told(out_refund_no, refundStateOf(status)));
    await notices.record({
      channel: 'wechat_pay',
      tradeNo: null,
      outcome: ours ? REFUND_OUTCOMES[status] : 'refused',
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
      if (!opened) return unreadable(undefined, ['is WECHAT_PAY_API_V3_KEY right?']);
      return handle(opened.envelope, opened.content);
    },
  };
}

/** Only where: what stands there may name a person. */
function faultsIn(error: z.ZodError): string[] {
  return error.issues.map(({ path }) => path.join('.') || 'content');
}

function open(body: string, apiV3Key: string): Opened | undefined {
  try {
    const envelope = envelopeSchema.parse(JSON.parse(body));
    const content: unknown = JSON.parse(decryptResource(envelope.resource, apiV3Key));
    return { envelope, content };
  } catch {
    // What was thrown may quote what was decrypted.
    return undefined;
  }
}
