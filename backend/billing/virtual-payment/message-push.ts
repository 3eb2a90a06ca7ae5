import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';

/**
 * WeChat's message push to a mini program's server, in JSON; in plain text, or encrypted ("safe mode").
 * https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
 */
export interface MessagePushSettings {
  token: string;
  /** 43 characters; with it nothing is taken that is not encrypted. */
  aesKey: string | undefined;
  appId: string;
}

export interface PushQuery {
  signature?: string | undefined;
  timestamp?: string | undefined;
  nonce?: string | undefined;
  msg_signature?: string | undefined;
}

export type OpenedPush =
  | {
      text: string;
      /** Whether the text is WeChat's, not only the address it was sent to. */
      authentic: boolean;
    }
  | 'refused';

/** Whether the address was made by WeChat; says nothing of the body. */
export function isFromWechat(query: PushQuery, token: string): boolean {
  return isSigned(query.signature, [token, query.timestamp, query.nonce]);
}

export function openPush(
  body: string,
  query: PushQuery,
  settings: MessagePushSettings,
): OpenedPush {
  const { token, aesKey, appId } = settings;
  if (aesKey === undefined) {
    return isFromWechat(query, token) ? { text: body, authentic: false } : 'refused';
  }
  const encrypted = encryptedIn(body);
  if (encrypted === undefined) return 'refused';
  // In safe mode this one counts: it is of the body, too.
  const parts = [token, query.timestamp, query.nonce, encrypted];
  if (!isSigned(query.msg_signature, parts)) return 'refused';
  const text = decrypt(encrypted, aesKey, appId);
  return text === undefined ? 'refused' : { text, authentic: true };
}

function isSigned(signature: string | undefined, parts: readonly (string | undefined)[]): boolean {
  if (signature === undefined || parts.some((part) => part === undefined)) return false;
  const expected = createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex');
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}

function encryptedIn(body: string): string | undefined {
  try {
    const { Encrypt: encrypted }: { Encrypt?: unknown } = Object(JSON.parse(body));
    return typeof encrypted === 'string' ? encrypted : undefined;
  } catch {
    return undefined;
  }
}

const KEY_BYTES = 32;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;

/** AES-256-CBC of: 16 random bytes, the length, the message, the app's id; padded to 32 bytes. */
function decrypt(encrypted: string, aesKey: string, appId: string): string | undefined {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
    decipher.setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]);
    const padding = padded.at(-1) ?? 0;
    if (padding < 1 || padding > KEY_BYTES) return undefined;
    const content = padded.subarray(RANDOM_BYTES, padded.length - padding);
    const end = LENGTH_BYTES + content.readUInt32BE(0);
    const isOurs = content.subarray(end).toString('utf8') === appId;
    return isOurs ? content.subarray(LENGTH_BYTES, end).toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}
