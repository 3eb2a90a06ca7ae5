import type { Caller } from '../../http/caller.ts';
import type { Login } from '../logins/login.ts';
import { sessionKeyContext } from './remember-identity.ts';
import type { WechatClient } from './wechat-client.ts';
import { createWechatEntrance, type WechatEntrance } from './wechat-entrance.ts';
import type { WechatPerson } from './wechat-identity.ts';
import type { WechatIdentityStore } from './wechat-identity-store.ts';
import {
  createWechatLinking,
  type WechatLinking,
  type WechatLinkingParts,
} from './wechat-linking.ts';
import { createWechatLogin, type WechatLoginParts } from './wechat-login.ts';
import type { WechatStateStore } from './wechat-state-store.ts';

export interface WechatService extends WechatEntrance, WechatLinking {
  /** Logs the person in; the first time that makes an account, or turns the guest into one. */
  login(person: WechatPerson, caller: Caller, guestId?: string): Promise<Login>;
  /**
   * What signs for the user in the mini program, as of the last login there; for the server alone.
   * `undefined` as well when it was sealed with a key that is gone.
   */
  sessionKeyOf(userId: string): Promise<{ openid: string; sessionKey: string } | undefined>;
}

export type WechatServiceStores = WechatLoginParts['stores'] & {
  wechatIdentities: WechatIdentityStore;
  wechatStates: WechatStateStore;
};

export function createWechatService(
  parts: WechatLoginParts &
    WechatLinkingParts & { client: WechatClient; stores: WechatServiceStores },
): WechatService {
  const { stores, client, secretBox } = parts;
  return {
    ...createWechatEntrance({ client, states: stores.wechatStates, loginLog: stores.loginLog }),
    ...createWechatLinking(parts),
    login: createWechatLogin(parts),
    async sessionKeyOf(userId) {
      const kept = await stores.wechatIdentities.sealedSessionKeyOf(userId);
      const sessionKey = kept && secretBox.open(kept.sealed, sessionKeyContext(kept));
      return kept && sessionKey ? { openid: kept.openid, sessionKey } : undefined;
    },
  };
}
