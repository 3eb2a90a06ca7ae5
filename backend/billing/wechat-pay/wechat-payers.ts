import { AppError } from '../../errors.ts';

/** A person in a mini program who is logged in there now. */
export interface WechatSession {
  openid: string;
  /** Signs what the mini program hands to WeChat; it never leaves the server. */
  sessionKey: string;
}

/** What WeChat knows learners by. */
export interface WechatPayers {
  openidOf(userId: string, appId: string): Promise<string | undefined>;
}

export interface SessionKeys {
  of(userId: string): Promise<WechatSession | undefined>;
}

export function needsWechatLogin(): AppError {
  return new AppError(409, 'conflict', '请先用微信重新登录。');
}
