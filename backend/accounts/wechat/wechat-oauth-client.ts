import { createHash } from 'node:crypto';
import OAuth from 'wechat-oauth';
import { z } from 'zod';
import type { Logger } from '../../logger.ts';
import { fetchFromWechat } from './fetch-from-wechat.ts';
import type { MiniProgramPerson, WebPerson, WechatClient } from './wechat-client.ts';
import { toWechatFailure, WechatTrouble } from './wechat-failure.ts';

export interface WechatApp {
  appId: string;
  secret: string;
}

export interface WechatSettings {
  baseUrl: string;
  miniprogram: WechatApp | undefined;
  web: WechatApp | undefined;
}

const TIMEOUT_MS = 5_000;

const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);
const optionalId = z
  .union([id, z.literal('')])
  .nullish()
  .transform((value) => value || null);
const optionalText = z
  .string()
  .nullish()
  .transform((value) => value || null);

const sessionReply = z.object({
  data: z.object({ openid: id, unionid: optionalId, session_key: z.string().min(1).max(512) }),
});
const tokenReply = z.object({ data: z.object({ openid: id, unionid: optionalId }) });
const profileReply = z.object({
  openid: id,
  unionid: optionalId,
  nickname: optionalText,
  headimgurl: optionalText,
});

export function createWechatOauthClient(parts: {
  settings: WechatSettings;
  /** Where WeChat sends the browser back to. */
  redirectUrl: string;
  logger: Logger;
  timeoutMs?: number;
}): WechatClient {
  const { settings, redirectUrl, logger, timeoutMs = TIMEOUT_MS } = parts;
  const { miniprogram, web } = settings;
  const open = (app: WechatApp) => openOauth(app, settings.baseUrl, timeoutMs);
  return {
    exchangeMiniProgramCode:
      miniprogram &&
      oncePerCode(async (code) => {
        const failure = { client: 'miniprogram', logger } as const;
        const person = await exchangeMiniProgramCode(open(miniprogram), code).catch((error) => {
          throw toWechatFailure(error, failure);
        });
        return { ...person, appId: miniprogram.appId };
      }),
    exchangeWebCode:
      web &&
      oncePerCode(async (code) => {
        const failure = { client: 'web', logger } as const;
        const oauth = open(web);
        const person = await exchangeWebCode(oauth, code).catch((error) => {
          throw toWechatFailure(error, failure);
        });
        // The code is spent by now: who has no name or picture gets in without.
        const profile = await readProfile(oauth, person.openid).catch((error) => {
          toWechatFailure(error, failure);
        });
        const unionid = person.unionid ?? profile?.unionid ?? null;
        const { nickname = null, headimgurl: avatarUrl = null } = profile ?? {};
        return { appId: web.appId, openid: person.openid, unionid, nickname, avatarUrl };
      }),
    authorizeUrl: web && ((state) => open(web).getAuthorizeURLForWebsite(redirectUrl, state)),
  };
}

/**
 * One instance for each exchange. The package would keep every token in a map for ever, has its
 * host built in, and reads replies by their media type: store and request are therefore ours.
 */
function openOauth({ appId, secret }: WechatApp, baseUrl: string, timeoutMs: number): OAuth {
  let token: unknown;
  const oauth = new OAuth(
    appId,
    secret,
    (_openid, callback) => callback(null, token),
    (_openid, given, callback) => {
      token = given;
      callback(null);
    },
    false,
  );
  oauth.request = (url, { data }, callback) => {
    const address = `${baseUrl.replace(/\/+$/, '')}${new URL(url).pathname}`;
    fetchFromWechat(`${address}?${new URLSearchParams(data)}`, timeoutMs).then(
      (reply) => callback(null, reply),
      (error) => callback(error),
    );
  };
  return oauth;
}

async function exchangeMiniProgramCode(
  oauth: OAuth,
  code: string,
): Promise<Omit<MiniProgramPerson, 'appId'>> {
  const { data } = await reply(sessionReply, (done) => oauth.getSessionKey(code, done));
  return { openid: data.openid, unionid: data.unionid, sessionKey: data.session_key };
}

async function exchangeWebCode(
  oauth: OAuth,
  code: string,
): Promise<Pick<WebPerson, 'openid' | 'unionid'>> {
  const { data } = await reply(tokenReply, (done) => oauth.getAccessToken(code, done));
  return data;
}

async function readProfile(oauth: OAuth, openid: string) {
  const profile = await reply(profileReply, (done) =>
    oauth.getUser({ openid, lang: 'zh_CN' }, done),
  );
  if (profile.openid !== openid) throw new WechatTrouble('the profile is somebody else’s');
  return profile;
}

/** One call of the package as a promise, its reply checked. */
function reply<Schema extends z.ZodType>(
  schema: Schema,
  call: (done: (error: unknown, reply?: unknown) => void) => void,
): Promise<z.output<Schema>> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      const parsed = schema.safeParse(value);
      if (error) reject(error);
      else if (parsed.success) resolve(parsed.data);
      else reject(new WechatTrouble('the reply lacks what is documented'));
    });
  });
}

/** Impatient taps send one code several times at once: WeChat would refuse all but one of them. */
function oncePerCode<Person>(exchange: (code: string) => Promise<Person>) {
  const underWay = new Map<string, Promise<Person>>();
  return (code: string): Promise<Person> => {
    const key = createHash('sha256').update(code).digest('base64');
    const known = underWay.get(key);
    if (known) return known;
    const started = exchange(code).finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}
