import { AppError } from '../../errors.ts';
import type { OrderChannel } from './order.ts';

const NAMES: Record<OrderChannel, string> = {
  wechat_native: '微信扫码支付',
  wechat_jsapi: '微信内支付',
  wechat_virtual: '小程序支付',
  redeem_code: '兑换码',
};

/** Nothing that passes: the site was not set up for it. What is open here can be asked for at once. */
export function channelNotOpen(wanted: OrderChannel, open: readonly OrderChannel[]): AppError {
  const others = open.map((channel) => NAMES[channel]).join('、');
  const message = `本站没有开通${NAMES[wanted]}，请改用：${others}。`;
  return new AppError(400, 'invalid_input', message, {
    details: [{ path: 'channel', message: `可以用：${open.join('、')}` }],
  });
}

/** An order of a channel that was open once. */
export function channelClosed(channel: OrderChannel): AppError {
  const message = `本站现在没有开通${NAMES[channel]}，这个订单的款退不出去；请先补上它的配置再退。`;
  return new AppError(409, 'conflict', message);
}

/** To WeChat, which comes again: whoever takes the settings away for a while loses nothing. */
export function nothingIsReceived(): AppError {
  return new AppError(404, 'not_found', '本站没有开通微信支付，不收它的通知。');
}
