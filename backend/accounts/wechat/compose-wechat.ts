import type { Logger } from '../../logger.ts';
import { createSecretBox, type SecretBoxSettings } from '../../platform/secret-box.ts';
import { createWechatBrowser } from './wechat-browser.ts';
import type { WechatLinkingParts } from './wechat-linking.ts';
import type { WechatLoginParts } from './wechat-login.ts';
import { createWechatOauthClient, type WechatSettings } from './wechat-oauth-client.ts';
import { createWechatService, type WechatServiceStores } from './wechat-service.ts';

export interface WechatParts extends SecretBoxSettings {
  wechat: WechatSettings;
  /** Of the page, which WeChat sends people back to. */
  publicUrl: string;
  logger: Logger;
}

/** Everything to do with logging in by WeChat. */
export function composeWechat(
  parts: WechatParts &
    Omit<WechatLoginParts, 'secretBox' | 'stores'> &
    Omit<WechatLinkingParts, 'secretBox'> & { stores: WechatServiceStores },
) {
  const { wechat: settings, publicUrl, logger } = parts;
  const redirectUrl = `${publicUrl}/login/wechat`;
  const client = createWechatOauthClient({ settings, redirectUrl, logger });
  return {
    wechat: createWechatService({ ...parts, client, secretBox: createSecretBox(parts) }),
    wechatBrowser: createWechatBrowser(publicUrl),
  };
}
