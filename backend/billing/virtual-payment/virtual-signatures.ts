import { createHmac } from 'node:crypto';
import type { Order } from '../recharge/order.ts';

export interface VirtualPaymentSettings {
  offerId: string;
  appKey: string;
  /** 0: real money; 1: the sandbox. */
  env: number;
}

/**
 * What is bought, as the mini program hands it to `wx.requestVirtualPayment` letter by letter: the
 * signatures are of this very string. Names and their order as in WeChat's own example
 * (https://developers.weixin.qq.com/miniprogram/dev/platform-capabilities/industry/virtual-payment.html,
 * 2.2). The goods are published in the mini program's pages with the package's id for theirs.
 */
export function signDataFor(order: Order, { offerId, env }: VirtualPaymentSettings): string {
  return JSON.stringify({
    offerId,
    buyQuantity: 1,
    env,
    currencyType: 'CNY',
    productId: order.packageId,
    goodsPrice: order.amountFen,
    outTradeNo: order.tradeNo,
    attach: order.id,
  });
}

/** Name of the client's call, in place of a path. */
const CLIENT_CALL = 'requestVirtualPayment';
/** Goods, not coins: each package has its price. */
const MODE = 'short_series_goods';

/** Ibid. 2.5: both are hex(HMAC-SHA256); the one of ours begins with what is called. */
export function virtualTicket(signData: string, appKey: string, sessionKey: string) {
  return {
    mode: MODE,
    signData,
    paySig: paySignature(CLIENT_CALL, signData, appKey),
    signature: createHmac('sha256', sessionKey).update(signData).digest('hex'),
  };
}

/** `uri` is the path without its query, `body` what is sent, byte for byte. */
export function paySignature(uri: string, body: string, appKey: string): string {
  return createHmac('sha256', appKey).update(`${uri}&${body}`).digest('hex');
}
