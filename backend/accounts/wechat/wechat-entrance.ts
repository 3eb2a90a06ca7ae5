import { AppError } from '../../errors.ts';
import type { Caller } from '../../http/caller.ts';
import type { Visit } from '../logins/login.ts';
import type { LoginLogStore } from '../logins/login-log-store.ts';
import { newToken } from '../one-time-token.ts';
import type { WechatClient, WechatClientKind } from './wechat-client.ts';
import { wechatNotConfigured } from './wechat-failure.ts';
import type { WechatPerson } from './wechat-identity.ts';
import type { WechatStateStore } from './wechat-state-store.ts';

/** What a client brings back from WeChat. */
export interface WechatProof {
  client: WechatClientKind;
  code: string;
  state: string | undefined;
  /** The mark of the browser, if it bears one. */
  browser: string | undefined;
}

/** What somebody proves with WeChat for: to get in, or to tie it to the account they are in. */
export type WechatPurpose = 'login' | 'link';

/** Finds out who is at the door. */
export interface WechatEntrance {
  openTo(client: WechatClientKind): boolean;
  /** The way to the QR code; the state that comes back is good once, for this browser. */
  authorize(browser: string): Promise<{ url: string; state: string }>;
  /** Whom WeChat vouches for. A login that WeChat refuses is on record. */
  identify(proof: WechatProof, purpose: WechatPurpose, caller: Caller): Promise<WechatPerson>;
}

export function createWechatEntrance(parts: {
  client: WechatClient;
  states: WechatStateStore;
  loginLog: Pick<LoginLogStore, 'record'>;
}): WechatEntrance {
  const { client, states, loginLog } = parts;

  /** Before WeChat hears of the code: a stranger's must not even be spent. */
  async function requireOwnState({ state, browser }: WechatProof) {
    const own = state && browser && (await states.take({ state, browser }));
    if (own) return;
    const message = '这次微信登录不是在这个浏览器里发起的，或已过期，请重新扫码。';
    throw new AppError(401, 'invalid_credentials', message, {
      details: [{ path: 'state', message: '无效、已使用或已过期' }],
    });
  }

  async function exchange({ client: kind, code }: WechatProof): Promise<WechatPerson> {
    const unknown = { nickname: null, avatarUrl: null, sessionKey: null };
    if (kind === 'miniprogram') {
      if (!client.exchangeMiniProgramCode) throw wechatNotConfigured();
      const person = await client.exchangeMiniProgramCode(code);
      return { ...unknown, ...person, client: kind };
    }
    if (!client.exchangeWebCode) throw wechatNotConfigured();
    return { ...unknown, ...(await client.exchangeWebCode(code)), client: kind };
  }

  const openTo = (kind: WechatClientKind) =>
    (kind === 'web' ? client.exchangeWebCode : client.exchangeMiniProgramCode) !== undefined;

  return {
    openTo,
    async authorize(browser) {
      if (!client.authorizeUrl) throw wechatNotConfigured();
      const state = newToken();
      await states.keep({ state, browser });
      return { url: client.authorizeUrl(state), state };
    },
    async identify(proof, purpose, caller) {
      if (!openTo(proof.client)) throw wechatNotConfigured();
      if (proof.client === 'web') await requireOwnState(proof);
      try {
        return await exchange(proof);
      } catch (error) {
        const refused = error instanceof AppError && [401, 403].includes(error.status);
        if (refused && purpose === 'login') {
          await loginLog.record(null, visitBy(proof.client, caller), 'wechat_refused');
        }
        throw error;
      }
    },
  };
}

export function visitBy(client: WechatClientKind, caller: Caller): Visit {
  return { method: client === 'web' ? 'wechat_web' : 'wechat_miniprogram', caller };
}
