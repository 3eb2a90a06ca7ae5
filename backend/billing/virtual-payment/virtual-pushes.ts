import { z } from 'zod';
import type { Logger } from '../../logger.ts';
import type { Order } from '../recharge/order.ts';
import type { OrderSettling } from '../recharge/order-settling.ts';
import type { Payment } from '../recharge/payment.ts';
import type { PaymentCrediting } from '../recharge/payment-crediting.ts';
import type { PaymentGateway } from '../recharge/payment-gateway.ts';
import type { RechargeStores } from '../recharge/recharge-stores.ts';
import type { RefundSettling } from '../recharge/refund-settling.ts';
import { type MessagePushSettings, openPush, type PushQuery } from './message-push.ts';
import { virtualTransactionId } from './virtual-gateway.ts';

/** As WeChat wants to be answered; anything but 0 and it pushes again, up to 15 times. */
export interface PushAnswer {
  ErrCode: number;
  ErrMsg: string;
}

export interface VirtualPushes {
  receive(body: string, query: PushQuery): Promise<PushAnswer>;
}

/**
 * Names as in WeChat's description of the push (virtual-payment.html, 2.3). Numbers may come as text
 * where the console is set to another format.
 */
const deliverySchema = z.object({
  Event: z.literal('xpay_goods_deliver_notify'),
  OpenId: z.string(),
  OutTradeNo: z.string(),
  Env: z.coerce.number().int(),
  WeChatPayInfo: z.object({ PaidTime: z.coerce.number().default(0) }).optional(),
  GoodsInfo: z.object({
    ProductId: z.string(),
    Quantity: z.coerce.number().int(),
    ActualPrice: z.coerce.number().int(),
  }),
});
type Delivery = z.output<typeof deliverySchema>;

const refundedSchema = z.object({
  Event: z.literal('xpay_refund_notify'),
  MchRefundId: z.string(),
});
const eventSchema = z.object({ Event: z.string() });

const DONE: PushAnswer = { ErrCode: 0, ErrMsg: 'success' };
const failed = (ErrMsg: string): PushAnswer => ({ ErrCode: 1, ErrMsg });

export function createVirtualPushes(parts: {
  settings: MessagePushSettings;
  gateway: PaymentGateway;
  crediting: PaymentCrediting;
  orders: Pick<OrderSettling, 'ask'>;
  refunds: Pick<RefundSettling, 'told'>;
  stores: Pick<RechargeStores, 'orders' | 'refunds'>;
  logger: Logger;
}): VirtualPushes {
  const { settings, gateway, crediting, orders, refunds, stores, logger } = parts;

  async function delivered(delivery: Delivery, authentic: boolean): Promise<PushAnswer> {
    const order = await stores.orders.byTradeNo(delivery.OutTradeNo);
    if (order?.channel !== 'wechat_virtual') return failed('no such order');
    if (order.status === 'paid' || order.status === 'refunded') return DONE;
    if (authentic) {
      const source = { gateway, by: 'notice', channel: 'wechat_virtual' } as const;
      await crediting.credit(toPayment(delivery), source);
      return DONE;
    }
    // In plain text the signature says nothing of the body: WeChat is asked whether it is so.
    const asked = await orders.ask(order);
    return isPaid(asked) ? DONE : failed('not paid');
  }

  /** Never believed, only looked into: what became of it is asked. */
  async function refunded(refundNo: string): Promise<PushAnswer> {
    const refund = await stores.refunds.byNumber(refundNo);
    const order = refund && (await stores.orders.byId(refund.orderId));
    if (!refund || order?.channel !== 'wechat_virtual') {
      logger.error({ refundNo }, 'a push of a refund that is not ours');
      return DONE;
    }
    await refunds.told(refundNo, await gateway.queryRefund(refund, order));
    return DONE;
  }

  return {
    async receive(body, query) {
      const opened = openPush(body, query, settings);
      if (opened === 'refused') {
        logger.warn({}, 'a push was not believed');
        return failed('signature');
      }
      const said = readJson(opened.text);
      const event = eventSchema.safeParse(said).data?.Event;
      if (event === undefined) return failed('unreadable');
      const delivery = deliverySchema.safeParse(said);
      if (delivery.success) return delivered(delivery.data, opened.authentic);
      const refund = refundedSchema.safeParse(said);
      if (refund.success) return refunded(refund.data.MchRefundId);
      logger.warn({ event }, 'a push that nobody waits for');
      return event.startsWith('xpay_goods') ? failed('unreadable') : DONE;
    },
  };
}

function isPaid(order: Order | undefined): boolean {
  return order?.status === 'paid' || order?.status === 'refunded';
}

function toPayment({ OpenId, OutTradeNo, Env, WeChatPayInfo, GoodsInfo }: Delivery): Payment {
  const paidTime = WeChatPayInfo?.PaidTime ?? 0;
  const { ProductId, Quantity, ActualPrice } = GoodsInfo;
  return {
    tradeNo: OutTradeNo,
    transactionId: virtualTransactionId(OutTradeNo),
    paidAt: paidTime > 0 ? new Date(paidTime * 1000) : new Date(),
    totalFen: ActualPrice,
    payerFen: null,
    vouchersFen: 0,
    currency: 'CNY',
    seller: `env ${Env}`,
    payer: OpenId,
    product: Quantity === 1 ? ProductId : `${Quantity} ${ProductId}`,
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
