import { z } from 'zod';
import type { Logger } from '../../logger.ts';
import {
  decryptResource,
  isSignedBy,
  type MessageSignature,
  publicKeyOf,
} from './wechat-pay-crypto.ts';

/** What WeChat Pay signs with. */
export interface PlatformKeys {
  /** In PEM; `undefined` for a serial that is not WeChat Pay's. */
  of(serial: string): Promise<string | undefined>;
}

/** How the ids of WeChat Pay's public keys begin, and serial numbers of certificates never do. */
const PUBLIC_KEY_ID = 'PUB_KEY_ID_';

/**
 * Merchants with a WeChat Pay public key, which never runs out. While they switch over from
 * certificates they get replies and notices signed with the one or the other.
 */
export function publicKeyBeside(
  certificates: PlatformKeys,
  { id, pem }: { id: string; pem: string },
): PlatformKeys {
  return {
    async of(serial) {
      if (serial === id) return pem;
      return serial.startsWith(PUBLIC_KEY_ID) ? undefined : certificates.of(serial);
    },
  };
}

export interface UnverifiedReply {
  body: string;
  signed: MessageSignature | undefined;
}

const certificatesSchema = z.object({
  data: z.array(
    z.object({
      serial_no: z.string(),
      effective_time: z.iso.datetime({ offset: true }),
      expire_time: z.iso.datetime({ offset: true }),
      encrypt_certificate: z.object({
        nonce: z.string(),
        associated_data: z.string(),
        ciphertext: z.string(),
      }),
    }),
  ),
});

interface PlatformCertificate {
  key: string;
  from: number;
  until: number;
}

/** "at least every 12 hours": https://pay.weixin.qq.com/doc/v3 */
const RENEW_MS = 10 * 60 * 60 * 1000;
/** A stranger who makes serials up must not make us ask WeChat each time. */
const ASK_AGAIN_MS = 15_000;

/**
 * Merchants with platform certificates: downloaded, kept, renewed before they run out, and asked for
 * when a message names one that is new. `download` cannot verify its reply, as the key is in it;
 * `undefined` says that there are none.
 */
export function createPlatformCertificates(parts: {
  download(): Promise<UnverifiedReply | undefined>;
  apiV3Key: string;
  logger: Logger;
  now?: () => number;
}): PlatformKeys {
  const { download, apiV3Key, logger, now = Date.now } = parts;
  let known = new Map<string, PlatformCertificate>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const reply = await download();
    const fetched = reply ? readCertificates(reply, apiV3Key) : [];
    const alive = [...known].filter(([, { until }]) => until > now());
    known = new Map([...alive, ...fetched]);
  }

  function renew(): Promise<void> {
    askedAt = now();
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  const find = (serial: string) => {
    const certificate = known.get(serial.toUpperCase());
    const alive = certificate && certificate.from <= now() && now() < certificate.until;
    return alive ? certificate.key : undefined;
  };

  return {
    async of(serial) {
      const key = find(serial);
      if (key) {
        const stale = now() - askedAt > RENEW_MS;
        // The one that is known still holds; nobody waits.
        if (stale)
          renew().catch((err: unknown) => logger.warn({ err }, 'certificates not renewed'));
        return key;
      }
      if (asking) await asking;
      else if (now() - askedAt > ASK_AGAIN_MS) await renew();
      return find(serial);
    },
  };
}

/**
 * Only WeChat Pay and we can encrypt with the APIv3 key; the signature, with a key that is among
 * them, then proves that they belong to this reply.
 */
function readCertificates({ body, signed }: UnverifiedReply, apiV3Key: string) {
  const { data } = certificatesSchema.parse(JSON.parse(body));
  const found = new Map<string, PlatformCertificate>();
  for (const { serial_no, effective_time, expire_time, encrypt_certificate } of data) {
    const key = publicKeyOf(decryptResource(encrypt_certificate, apiV3Key), serial_no);
    if (!key) throw new Error('a platform certificate has another serial number than it says');
    const [from, until] = [Date.parse(effective_time), Date.parse(expire_time)];
    found.set(serial_no.toUpperCase(), { key, from, until });
  }
  const signer = signed && found.get(signed.serial.toUpperCase());
  if (!signed || !signer || !isSignedBy(signer.key, signed, body)) {
    throw new Error('the platform certificates are not signed by one of them');
  }
  return found;
}
