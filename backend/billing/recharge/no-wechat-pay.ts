import { AppError } from '../../errors.ts';

export function noWechatPay(): AppError {
  return new AppError(503, 'unavailable', '本站没有开通微信支付。');
}
