import { AppError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { WechatClientKind } from './wechat-client.ts';

/** WeChat was not reached or spoke no sense. The message says how and holds nothing of the request. */
export class WechatTrouble extends Error {}

const REFUSALS: Record<number, () => AppError> = {
  40029: codeRefused,
  // Undocumented, and real: the code was used before.
  40163: codeRefused,
  42003: codeRefused,
  40226: () => new AppError(403, 'forbidden', '微信认为这个账号有风险，暂时不能用它登录。'),
  45011: () =>
    new AppError(429, 'rate_limited', '微信登录太频繁，请一分钟后再试。', {
      retryAfterSeconds: 60,
    }),
};

/** Secret, app id, grants or list of addresses: nobody gets in before somebody puts it right. */
const OUR_OWN_FAULT = [40001, 40002, 40013, 40125, 40164, 41002, 41004, 48001, 50002];

/** What the caller is told; what is not the caller's to mend goes into the log as well. */
export function toWechatFailure(
  error: unknown,
  { client, logger }: { client: WechatClientKind; logger: Logger },
): AppError {
  if (error instanceof WechatTrouble) {
    logger.warn({ client, reason: error.message }, 'WeChat cannot be reached');
    return unavailable();
  }
  const { name, code }: { name?: unknown; code?: unknown } = Object(error);
  // WeChat's own words are left out: nobody promises that they do not repeat what was sent.
  const errcode = name === 'WeChatAPIError' ? Number(code) : undefined;
  const refusal = REFUSALS[errcode ?? 0];
  if (refusal) return refusal();
  if (errcode !== undefined && OUR_OWN_FAULT.includes(errcode)) {
    logger.error({ client, errcode }, 'WeChat refuses our app: check WECHAT_* and its console');
  } else {
    logger.warn({ client, errcode }, 'WeChat failed');
  }
  return unavailable();
}

/** Nothing that time mends, so no 503: on this site there is no such way in. */
export function wechatNotConfigured(): AppError {
  return new AppError(404, 'not_found', '本站没有开启微信登录。');
}

function codeRefused(): AppError {
  return new AppError(401, 'invalid_credentials', '微信登录凭证无效或已使用，请重新登录。');
}

function unavailable(): AppError {
  return new AppError(503, 'unavailable', '微信暂时没有回应，请稍后再试。', {
    retryAfterSeconds: 5,
  });
}
