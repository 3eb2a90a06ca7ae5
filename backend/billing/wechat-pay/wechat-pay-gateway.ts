import type { Order, PaymentHandle } from '../recharge/order.ts';
import type { Payment } from '../recharge/payment.ts';
import {
  type PaymentGateway,
  type PaymentState,
  type RefundState,
  RefusedByProvider,
  TradeNoUsed,
} from '../recharge/payment-gateway.ts';
import type { Refund } from '../recharge/refund.ts';
import type { WechatPayClient } from './wechat-pay-client.ts';
import { jsapiTicket } from './wechat-pay-crypto.ts';
import { hasCode } from './wechat-pay-error.ts';
import {
  closedSchema,
  jsapiSchema,
  nativeSchema,
  refundSchema,
  transactionSchema,
  type WechatRefundState,
  type WechatTransaction,
} from './wechat-pay-schemas.ts';
import { needsWechatLogin, type WechatPayers } from './wechat-payers.ts';

const UNKNOWN = ['RESOURCE_NOT_EXISTS', 'ORDER_NOT_EXIST', 'ORDERNOTEXIST'];
const ALREADY_PAID = ['ORDERPAID', 'ORDER_PAID'];
/** https://pay.weixin.qq.com/doc/v3: refused, whoever asks again. */
const REFUND_REFUSED = [
  ...['NOT_ENOUGH', 'USER_ACCOUNT_ABNORMAL', 'INVALID_REQUEST', 'PARAM_ERROR'],
  ...UNKNOWN,
];
const LONGEST_DESCRIPTION = 40;
const LONGEST_REASON = 26;

/** Paying by a code that is scanned (Native) and within WeChat (JSAPI); one merchant for both. */
export function createWechatPayGateway(parts: {
  client: WechatPayClient;
  payers: WechatPayers;
  /** Where WeChat Pay sends its notices. */
  notifyUrl: string;
}): PaymentGateway {
  const { client, payers, notifyUrl } = parts;
  const { mchId, appId, privateKey } = client.settings;
  const orderPath = ({ tradeNo }: Order) => `/v3/pay/transactions/out-trade-no/${tradeNo}`;

  async function register(order: Order, title: string): Promise<PaymentHandle> {
    const about = { appid: appId, mchid: mchId, notify_url: notifyUrl };
    const bought = {
      ...about,
      description: shorten(title, LONGEST_DESCRIPTION),
      out_trade_no: order.tradeNo,
      time_expire: beijingTime(order.expiresAt),
      amount: { total: order.amountFen, currency: 'CNY' },
    };
    if (order.channel === 'wechat_native') {
      const reply = await client.post('/v3/pay/transactions/native', bought, nativeSchema);
      return { codeUrl: reply.code_url };
    }
    const openid = await payers.openidOf(order.userId, appId);
    if (!openid) throw needsWechatLogin();
    const payment = { ...bought, payer: { openid } };
    const reply = await client.post('/v3/pay/transactions/jsapi', payment, jsapiSchema);
    return { prepayId: reply.prepay_id };
  }

  async function query(order: Order): Promise<PaymentState> {
    try {
      const path = `${orderPath(order)}?mchid=${mchId}`;
      return stateOf(await client.get(path, transactionSchema));
    } catch (error) {
      if (hasCode(error, ...UNKNOWN)) return { state: 'closed' };
      throw error;
    }
  }

  async function queryRefund({ refundNo }: Refund): Promise<RefundState> {
    try {
      const path = `/v3/refund/domestic/refunds/${refundNo}`;
      return refundStateOf((await client.get(path, refundSchema)).status);
    } catch (error) {
      if (hasCode(error, ...UNKNOWN)) return 'unknown';
      throw error;
    }
  }

  return {
    channels: ['wechat_native', 'wechat_jsapi'],
    seller: sellerOf({ mchid: mchId, appid: appId }),
    register: (order, title) =>
      register(order, title).catch((error: unknown) => {
        if (hasCode(error, 'OUT_TRADE_NO_USED', 'ORDER_CLOSED', ...ALREADY_PAID)) {
          throw new TradeNoUsed(order.tradeNo);
        }
        throw error;
      }),
    async ticketFor(_order, { codeUrl, prepayId }) {
      if (codeUrl !== undefined) return { codeUrl };
      return jsapiTicket(appId, prepayId ?? '', privateKey);
    },
    query,
    closesForGood: true,
    async close(order) {
      try {
        await client.post(`${orderPath(order)}/close`, { mchid: mchId }, closedSchema);
      } catch (error) {
        if (hasCode(error, ...ALREADY_PAID)) return 'paid';
        if (!hasCode(error, 'ORDER_CLOSED', ...UNKNOWN)) throw error;
      }
      return 'closed';
    },
    async refund(refund, order) {
      const request = {
        transaction_id: refund.transactionId,
        out_refund_no: refund.refundNo,
        reason: shorten(refund.reason, LONGEST_REASON),
        notify_url: notifyUrl,
        amount: { refund: refund.amountFen, total: order.amountFen, currency: 'CNY' },
      };
      try {
        const path = '/v3/refund/domestic/refunds';
        return refundStateOf((await client.post(path, request, refundSchema)).status);
      } catch (error) {
        if (!hasCode(error, ...REFUND_REFUSED)) throw error;
        // An earlier request, whose reply was lost, may have been accepted.
        const state = await queryRefund(refund);
        if (state === 'unknown') throw new RefusedByProvider(error.code);
        return state;
      }
    },
    queryRefund,
  };
}

/** Two codes are one merchant and app. */
export function sellerOf({ mchid, appid }: { mchid: string; appid: string }): string {
  return `${mchid} ${appid}`;
}

export function stateOf(transaction: WechatTransaction): PaymentState {
  const payment = toPayment(transaction);
  if (payment) return { state: 'paid', payment };
  // REFUND: somebody gave money back in WeChat Pay's own pages; what is left is not for us to guess.
  const closed = ['CLOSED', 'REVOKED', 'PAYERROR', 'REFUND'].includes(transaction.trade_state);
  return { state: closed ? 'closed' : 'open' };
}

export function toPayment(transaction: WechatTransaction): Payment | undefined {
  const { transaction_id, amount, success_time, promotion_detail = [] } = transaction;
  const isPaid = transaction.trade_state === 'SUCCESS';
  if (!isPaid || !transaction_id || !amount) return undefined;
  const currencies = new Set([amount.currency, amount.payer_currency]);
  return {
    tradeNo: transaction.out_trade_no,
    transactionId: transaction_id,
    paidAt: success_time ? new Date(success_time) : new Date(),
    totalFen: amount.total,
    payerFen: amount.payer_total ?? null,
    vouchersFen: promotion_detail.reduce((sum, voucher) => sum + voucher.amount, 0),
    currency: [...currencies].join('/'),
    seller: sellerOf(transaction),
    payer: null,
    product: null,
  };
}

const REFUND_STATES: Record<WechatRefundState, RefundState> = {
  SUCCESS: 'succeeded',
  PROCESSING: 'pending',
  CLOSED: 'failed',
  ABNORMAL: 'stuck',
};

export function refundStateOf(status: WechatRefundState): RefundState {
  return REFUND_STATES[status];
}

const BEIJING_OFFSET_MS = 8 * 60 * 60 * 1000;

function beijingTime(moment: Date): string {
  const local = new Date(moment.getTime() + BEIJING_OFFSET_MS);
  return `${local.toISOString().slice(0, 19)}+08:00`;
}

function shorten(text: string, characters: number): string {
  return [...text].slice(0, characters).join('');
}
