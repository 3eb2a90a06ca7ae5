import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const PEM = /-----BEGIN [A-Z ]+-----/;
const SMALLEST_KEY_BITS = 2048;

/**
 * A key as text (`\n` may stand for the ends of its lines, as env files have it) or the path of a file
 * with it; what comes out is the text.
 */
function pem(read: (text: string) => KeyObject) {
  return z.string().transform((value, context) => {
    const fault = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    let text = value.replaceAll('\\n', '\n');
    try {
      if (!PEM.test(value)) text = readFileSync(value, 'utf8');
    } catch {
      return fault('must be a key in PEM, or the path of a file that can be read');
    }
    try {
      const key = read(text);
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      if (key.asymmetricKeyType === 'rsa' && bits >= SMALLEST_KEY_BITS) return text;
    } catch {
      // Said below: what OpenSSL says may hold parts of the key.
    }
    return fault(`must hold an RSA key in PEM of at least ${SMALLEST_KEY_BITS} bits`);
  });
}

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL that starts with http:// or https://' })
  .transform((value) => value.replace(/\/+$/, ''));

/** Settings of WeChat Pay (web) and of virtual payment (mini program). */
export const wechatPayEnvironment = {
  WECHAT_PAY_BASE_URL: httpUrl.default('https://api.mch.weixin.qq.com'),
  WECHAT_PAY_MCHID: z
    .string()
    .regex(/^\d{6,32}$/, 'must be the number of a merchant')
    .optional(),
  WECHAT_PAY_APPID: z.string().min(1).optional(),
  WECHAT_PAY_SERIAL_NO: z
    .string()
    .regex(/^[0-9A-Fa-f]+$/, 'must be the serial number of a certificate, in hexadecimal')
    .transform((value) => value.toUpperCase())
    .optional(),
  WECHAT_PAY_PRIVATE_KEY: pem(createPrivateKey).optional(),
  WECHAT_PAY_API_V3_KEY: z
    .string()
    .refine((value) => Buffer.byteLength(value) === 32, 'must be 32 bytes')
    .optional(),
  WECHAT_PAY_PUBLIC_KEY: pem(createPublicKey).optional(),
  WECHAT_PAY_PUBLIC_KEY_ID: z
    .string()
    .regex(/^PUB_KEY_ID_\w+$/, 'must begin with PUB_KEY_ID_')
    .optional(),
  WECHAT_VIRTUAL_OFFER_ID: z.string().min(1).optional(),
  WECHAT_VIRTUAL_APP_KEY: z.string().min(1).optional(),
  WECHAT_VIRTUAL_ENV: z.enum(['0', '1'], { error: 'must be 0 (real) or 1 (sandbox)' }).default('0'),
  WECHAT_PUSH_TOKEN: z
    .string()
    .regex(/^\w{3,32}$/, 'must be 3 to 32 letters and digits')
    .optional(),
  WECHAT_PUSH_AES_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{43}$/, 'must be 43 letters and digits')
    .optional(),
};

const environment = z.object(wechatPayEnvironment);

const PAY = ['MCHID', 'APPID', 'SERIAL_NO', 'PRIVATE_KEY', 'API_V3_KEY'].map(
  (name) => `WECHAT_PAY_${name}`,
);
const PUBLIC_KEY = ['WECHAT_PAY_PUBLIC_KEY', 'WECHAT_PAY_PUBLIC_KEY_ID'];
const VIRTUAL = ['WECHAT_VIRTUAL_OFFER_ID', 'WECHAT_VIRTUAL_APP_KEY', 'WECHAT_PUSH_TOKEN'];

/** All or nothing: of what belongs together, what is left out although another is there. */
export function missingWechatPaySettings(
  given: Record<string, string | undefined>,
  require: (name: string, reason: string) => void,
): void {
  const together = (names: readonly string[], because = names) => {
    const present = because.find((name) => given[name] !== undefined);
    if (present) for (const name of names) require(name, `beside ${present}`);
  };
  together(PAY, [...PAY, ...PUBLIC_KEY]);
  together(PUBLIC_KEY);
  // Where WeChat Pay sends its notices.
  together(['PUBLIC_URL'], ['WECHAT_PAY_MCHID']);
  together(VIRTUAL, [...VIRTUAL, 'WECHAT_PUSH_AES_KEY']);
  together(['WECHAT_MINI_APPID', 'WECHAT_MINI_SECRET'], VIRTUAL);
}

/** What WeChat Pay needs; `undefined` where the site has none. */
export function wechatPayOf(env: z.output<typeof environment>) {
  const { WECHAT_PAY_PUBLIC_KEY: key, WECHAT_PAY_PUBLIC_KEY_ID: id } = env;
  if (!env.WECHAT_PAY_MCHID || !env.WECHAT_PAY_APPID || !env.WECHAT_PAY_SERIAL_NO) return undefined;
  if (!env.WECHAT_PAY_PRIVATE_KEY || !env.WECHAT_PAY_API_V3_KEY) return undefined;
  return {
    baseUrl: env.WECHAT_PAY_BASE_URL,
    mchId: env.WECHAT_PAY_MCHID,
    appId: env.WECHAT_PAY_APPID,
    serialNo: env.WECHAT_PAY_SERIAL_NO,
    privateKey: env.WECHAT_PAY_PRIVATE_KEY,
    apiV3Key: env.WECHAT_PAY_API_V3_KEY,
    /** Left out, WeChat Pay's replies are verified with the platform certificates it hands out. */
    publicKey: key && id ? { id, pem: key } : undefined,
  };
}

/** What virtual payment needs beside the mini program itself; `undefined` where the site has none. */
export function virtualPaymentOf(env: z.output<typeof environment>) {
  const { WECHAT_VIRTUAL_OFFER_ID: offerId, WECHAT_VIRTUAL_APP_KEY: appKey } = env;
  if (!offerId || !appKey || !env.WECHAT_PUSH_TOKEN) return undefined;
  return {
    offerId,
    appKey,
    env: Number(env.WECHAT_VIRTUAL_ENV),
    pushToken: env.WECHAT_PUSH_TOKEN,
    pushAesKey: env.WECHAT_PUSH_AES_KEY,
  };
}
