import type { PlatformKeys } from './platform-keys.ts';
import { isSignedBy, type MessageSignature } from './wechat-pay-crypto.ts';

/** Why a message is not taken for WeChat Pay's. */
export type Distrust = 'unsigned' | 'probe' | 'old' | 'unknown_serial' | 'forged';

const TOLERATED_SECONDS = 5 * 60;
/** WeChat Pay sends these now and then to see whether signatures are checked at all. */
const PROBE = 'WECHATPAY/SIGNTEST/';

export function readSignature(
  header: (name: string) => string | null | undefined,
): MessageSignature | undefined {
  const timestamp = header('wechatpay-timestamp');
  const nonce = header('wechatpay-nonce');
  const signature = header('wechatpay-signature');
  const serial = header('wechatpay-serial');
  if (!timestamp || !nonce || !signature || !serial) return undefined;
  return { timestamp, nonce, signature, serial };
}

/**
 * Whether a reply or a notice is WeChat Pay's, and from now. `undefined` means it is.
 * https://pay.weixin.qq.com/doc/v3
 */
export async function distrustOf(
  { body, signed }: { body: string; signed: MessageSignature | undefined },
  keys: PlatformKeys,
  now = Date.now(),
): Promise<Distrust | undefined> {
  if (!signed) return 'unsigned';
  if (signed.signature.startsWith(PROBE)) return 'probe';
  const seconds = /^\d{1,12}$/.test(signed.timestamp) ? Number(signed.timestamp) : 0;
  if (Math.abs(now / 1000 - seconds) > TOLERATED_SECONDS) return 'old';
  const key = await keys.of(signed.serial);
  if (!key) return 'unknown_serial';
  return isSignedBy(key, signed, body) ? undefined : 'forged';
}
