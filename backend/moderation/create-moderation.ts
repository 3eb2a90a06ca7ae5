import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { Cache } from '../platform/cache/cache.ts';
import type { SecretBox } from '../platform/secret-box.ts';
import type { Moderation } from './moderation.ts';
import { createWechatAccessToken } from './wechat-access-token.ts';
import { createWechatModeration } from './wechat-moderation.ts';

/** Undefined where texts are not checked. */
export function createModeration(parts: {
  config: Pick<Config, 'moderation' | 'wechat'>;
  cache: Cache;
  secretBox: SecretBox;
  openidOf: (userId: string, appId: string) => Promise<string | undefined>;
  logger: Logger;
}): Moderation | undefined {
  const { config, openidOf, logger } = parts;
  const { baseUrl, miniprogram } = config.wechat;
  if (!config.moderation || !miniprogram) return undefined;
  return createWechatModeration({
    ...{ baseUrl, logger, rules: config.moderation },
    token: createWechatAccessToken({ ...parts, app: { ...miniprogram, baseUrl } }),
    openidOf: (userId) => openidOf(userId, miniprogram.appId),
  });
}
