import { z } from 'zod';
import type { Cache } from '../platform/cache/cache.ts';
import type { SecretBox } from '../platform/secret-box.ts';
import { postToWechat } from './post-to-wechat.ts';

export interface WechatApp {
  baseUrl: string;
  appId: string;
  secret: string;
}

export interface WechatAccessToken {
  current(): Promise<string>;
  /** Another one in place of one that was refused. */
  renewed(refused: string): Promise<string>;
}

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});
/** WeChat gives out the next one so long before the last one ends, and both are good meanwhile. */
const MARGIN_SECONDS = 5 * 60;

/**
 * The stable kind, which processes may ask for without taking it from each other; sealed in the cache
 * that they share, and asked for once at a time by each.
 * https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
 */
export function createWechatAccessToken(parts: {
  app: WechatApp;
  cache: Cache;
  secretBox: SecretBox;
}): WechatAccessToken {
  const { app, cache, secretBox } = parts;
  const key = `wechat-access-token:${app.appId}`;
  let asking: Promise<string> | undefined;

  async function kept(): Promise<string | undefined> {
    const sealed = await cache.get(key);
    return typeof sealed === 'string' ? secretBox.open(sealed, key) : undefined;
  }

  async function fetchToken(force: boolean): Promise<string> {
    const reply = await postToWechat(
      `${app.baseUrl}/cgi-bin/stable_token`,
      {
        ...{ grant_type: 'client_credential', appid: app.appId, secret: app.secret },
        ...(force ? { force_refresh: true } : {}),
      },
      tokenSchema,
    );
    const { access_token: token, expires_in: seconds } = reply;
    await cache.set(key, secretBox.seal(token, key), seconds - MARGIN_SECONDS);
    return token;
  }

  function once(ask: () => Promise<string>): Promise<string> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return {
    async current() {
      return (await kept()) ?? once(() => fetchToken(false));
    },
    async renewed(refused) {
      const known = await kept();
      if (known !== undefined && known !== refused) return known;
      return once(async () => {
        const token = await fetchToken(false);
        // WeChat itself still takes it for good: only force brings another one, a few times a day.
        return token === refused ? fetchToken(true) : token;
      });
    },
  };
}
