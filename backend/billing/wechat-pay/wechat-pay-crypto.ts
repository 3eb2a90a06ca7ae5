import { X509Certificate } from 'node:crypto';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';

/** What proves a message: of a reply as of a notice, in its headers. */
export interface MessageSignature {
  timestamp: string;
  nonce: string;
  signature: string;
  /** Which key it was made with. */
  serial: string;
}

/** Something that only whoever has the APIv3 key can read. */
export interface EncryptedResource {
  ciphertext: string;
  nonce: string;
  associated_data: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Head of a request that WeChat Pay takes for ours; `path` with its query, as it is sent.
 * https://pay.weixin.qq.com/doc/v3
 */
export function authorizationOf(
  merchant: { mchId: string; serialNo: string; privateKey: string },
  { method, path, body }: { method: string; path: string; body: string },
): string {
  const timestamp = Formatter.timestamp();
  const nonce = Formatter.nonce();
  const signature = Rsa.sign(
    Formatter.request(method, path, timestamp, nonce, body),
    merchant.privateKey,
  );
  return Formatter.authorization(merchant.mchId, nonce, signature, timestamp, merchant.serialNo);
}

export function isSignedBy(key: string, signed: MessageSignature, body: string): boolean {
  const message = Formatter.response(signed.timestamp, signed.nonce, body);
  return Rsa.verify(message, signed.signature, key);
}

/** Throws when it was not encrypted with this key, or was changed. */
export function decryptResource(resource: EncryptedResource, apiV3Key: string): string {
  const { ciphertext, nonce, associated_data } = resource;
  // A shorter tag would be easier to guess, and the cipher would take it.
  const bytes = Buffer.from(ciphertext, 'base64').length;
  if (bytes < TAG_BYTES || Buffer.byteLength(nonce) !== NONCE_BYTES) {
    throw new Error('the resource is cut short');
  }
  return Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, associated_data);
}

/** What the page hands to WeChat (JSAPI); signed anew each time it is asked for. */
export function jsapiTicket(appId: string, prepayId: string, privateKey: string) {
  const timeStamp = String(Formatter.timestamp());
  const nonceStr = Formatter.nonce();
  const prepay = `prepay_id=${prepayId}`;
  const message = Formatter.joinedByLineFeed(appId, timeStamp, nonceStr, prepay);
  const paySign = Rsa.sign(message, privateKey);
  return { appId, timeStamp, nonceStr, package: prepay, signType: 'RSA', paySign };
}

/** The key in a platform certificate, if it really is the one with that serial number. */
export function publicKeyOf(certificate: string, serialNo: string): string | undefined {
  const parsed = new X509Certificate(certificate);
  if (parsed.serialNumber.toUpperCase() !== serialNo.toUpperCase()) return undefined;
  return parsed.publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
