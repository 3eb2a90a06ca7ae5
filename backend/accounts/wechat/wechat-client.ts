export const WECHAT_CLIENTS = ['miniprogram', 'web'] as const;
/** Through which of our two apps at WeChat somebody comes. */
export type WechatClientKind = (typeof WECHAT_CLIENTS)[number];

/** Who somebody is to one app, and (`unionid`) to all apps of one owner, where WeChat says it. */
export interface WechatKey {
  appId: string;
  openid: string;
  unionid: string | null;
}

export interface MiniProgramPerson extends WechatKey {
  /** Signs for the person; must never reach the client or a log. */
  sessionKey: string;
}

export interface WebPerson extends WechatKey {
  nickname: string | null;
  avatarUrl: string | null;
}

/**
 * WeChat, as far as logging in needs it. A member is `undefined` when that app is not configured.
 * A code works once: an exchange is never repeated, and callers with the same code at the same time
 * share one. What WeChat refuses comes out as an `AppError`; neither it nor the log shows the secret.
 */
export interface WechatClient {
  exchangeMiniProgramCode: ((code: string) => Promise<MiniProgramPerson>) | undefined;
  exchangeWebCode: ((code: string) => Promise<WebPerson>) | undefined;
  /** The page with the QR code. */
  authorizeUrl: ((state: string) => string) | undefined;
}
