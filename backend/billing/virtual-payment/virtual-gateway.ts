import { z } from 'zod';
import type { Order } from '../recharge/order.ts';
import type { Payment } from '../recharge/payment.ts';
import {
  type PaymentGateway,
  type PaymentState,
  type RefundState,
  RefusedByProvider,
} from '../recharge/payment-gateway.ts';
import type { Refund } from '../recharge/refund.ts';
import { hasCode } from '../wechat-pay/wechat-pay-error.ts';
import { needsWechatLogin, type SessionKeys } from '../wechat-pay/wechat-payers.ts';
import type { VirtualPaymentClient } from './virtual-client.ts';
import { signDataFor, type VirtualPaymentSettings, virtualTicket } from './virtual-signatures.ts';

/** https://developers.weixin.qq.com/miniprogram/dev/server/API/VirtualPayment/api_query_order */
const orderSchema = z.object({
  order: z.object({
    order_id: z.string(),
    status: z.int(),
    order_fee: z.int(),
    paid_fee: z.int().default(0),
    left_fee: z.int().optional(),
    paid_time: z.number().default(0),
    env_type: z.int().optional(),
  }),
});
type VirtualOrder = z.output<typeof orderSchema>['order'];

/** Waiting for payment. */
const OPEN = [0, 1];
/** Paid, being delivered, delivered, and not given back although it should have been. */
const PAID = [2, 3, 4, 7];
const REFUNDED = [5, 8];
const REFUND_FAILED = 7;
/** The list of codes has none for an order that is not there; a field that is wrong is the nearest. */
const NO_SUCH_ORDER = ['268490001', '268490002'];
/** A repeated request for the same refund. */
const UNDER_WAY = ['268490004', '268490014'];
/** Refunded before in another way; already redeemed; a field that is wrong. */
const REFUND_REFUSED = [...NO_SUCH_ORDER, '268490005', '268490013'];

/** A payment has one number everywhere: its order's, which cannot be paid twice. */
export function virtualTransactionId(tradeNo: string): string {
  return `virtual:${tradeNo}`;
}

/** What a mini program must use for what is only tokens. */
export function createVirtualPaymentGateway(parts: {
  client: VirtualPaymentClient;
  settings: VirtualPaymentSettings;
  sessionKeys: SessionKeys;
}): PaymentGateway {
  const { client, settings, sessionKeys } = parts;
  const { appKey, env } = settings;

  const sessionOf = async (userId: string) => {
    const session = await sessionKeys.of(userId);
    if (!session) throw needsWechatLogin();
    return session;
  };

  async function find(order: Order, orderId: string): Promise<VirtualOrder | undefined> {
    try {
      const body = { openid: order.payment?.openid, env, order_id: orderId };
      return (await client.call('/xpay/query_order', body, orderSchema)).order;
    } catch (error) {
      if (hasCode(error, ...NO_SUCH_ORDER)) return undefined;
      throw error;
    }
  }

  async function queryRefund(refund: Refund, order: Order): Promise<RefundState> {
    const found = await find(order, refund.refundNo);
    if (!found) return 'unknown';
    if (REFUNDED.includes(found.status)) return 'succeeded';
    return found.status === REFUND_FAILED ? 'failed' : 'pending';
  }

  async function query(order: Order): Promise<PaymentState> {
    if (!order.payment?.openid) return { state: 'closed' };
    const found = await find(order, order.tradeNo);
    if (found && PAID.includes(found.status)) {
      return { state: 'paid', payment: toPayment(found, order, env) };
    }
    return { state: found && OPEN.includes(found.status) ? 'open' : 'closed' };
  }

  return {
    channels: ['wechat_virtual'],
    seller: `env ${env}`,
    async register(order) {
      const { openid } = await sessionOf(order.userId);
      return { openid, signData: signDataFor(order, settings) };
    },
    async ticketFor(order, { signData = '' }) {
      const { sessionKey } = await sessionOf(order.userId);
      return virtualTicket(signData, appKey, sessionKey);
    },
    query,
    // Nothing closes such an order at WeChat; one that is paid late is credited all the same.
    closesForGood: false,
    close: async () => 'closed',
    async refund(refund, order) {
      const payment = await find(order, order.tradeNo);
      const body = {
        openid: order.payment?.openid,
        order_id: order.tradeNo,
        refund_order_id: refund.refundNo,
        left_fee: payment?.left_fee ?? order.amountFen,
        refund_fee: refund.amountFen,
        biz_meta: refund.id,
        refund_reason: '5',
        req_from: '1',
        env,
      };
      try {
        await client.call('/xpay/refund_order', body, z.object({}));
        return 'pending';
      } catch (error) {
        if (hasCode(error, ...UNDER_WAY)) return 'pending';
        if (!hasCode(error, ...REFUND_REFUSED)) throw error;
        const state = await queryRefund(refund, order);
        if (state === 'unknown') throw new RefusedByProvider(error.code);
        return state;
      }
    },
    queryRefund,
  };
}

/** The reply counts environments from 1. */
function toPayment(found: VirtualOrder, order: Order, env: number): Payment {
  return {
    tradeNo: found.order_id,
    transactionId: virtualTransactionId(found.order_id),
    paidAt: found.paid_time > 0 ? new Date(found.paid_time * 1000) : new Date(),
    totalFen: found.paid_fee,
    payerFen: null,
    vouchersFen: 0,
    currency: 'CNY',
    seller: `env ${found.env_type === undefined ? env : found.env_type - 1}`,
    payer: order.payment?.openid ?? null,
    product: null,
  };
}
