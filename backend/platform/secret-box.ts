import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** Keeps secrets that must be read again (unlike passwords) out of the database and its backups. */
export interface SecretBox {
  /** `context` says what the secret belongs to; it opens again with the same words only. */
  seal(secret: string, context: string): string;
  /** `undefined` when it was not sealed like this, for something else, or with a key we have not. */
  open(sealed: string, context: string): string | undefined;
}

/** What the keys are made from; ENCRYPTION_KEY is 32 bytes in base64. */
export interface SecretBoxSettings {
  encryptionKey: string | undefined;
  jwtSecret: string;
  jwtPreviousSecrets: readonly string[];
}

/**
 * AES-256-GCM, written as `v1.<key id>.<nonce>.<ciphertext and tag>`. Seals with ENCRYPTION_KEY, or
 * where there is none with a key derived from the JWT secret; still opens what an earlier one sealed.
 */
export function createSecretBox(settings: SecretBoxSettings): SecretBox {
  const { encryptionKey, jwtSecret, jwtPreviousSecrets } = settings;
  const derived = [jwtSecret, ...jwtPreviousSecrets].map(deriveKey);
  const keys = encryptionKey ? [Buffer.from(encryptionKey, 'base64'), ...derived] : derived;
  const known = new Map(keys.map((key) => [keyIdOf(key), key]));
  const [current] = known;
  if (!current) throw new Error('a secret box needs a key');
  const [currentId, currentKey] = current;
  return {
    seal(secret, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, currentKey, nonce);
      cipher.setAAD(associatedData(currentId, context));
      const sealed = [cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()];
      const parts = [nonce, Buffer.concat(sealed)].map((part) => part.toString('base64url'));
      return [VERSION, currentId, ...parts].join('.');
    },
    open(sealed, context) {
      const [version, keyId = '', nonce = '', rest = '', ...more] = sealed.split('.');
      const key = known.get(keyId);
      if (version !== VERSION || !key || more.length > 0) return undefined;
      return decrypt(key, Buffer.from(nonce, 'base64url'), Buffer.from(rest, 'base64url'), {
        aad: associatedData(keyId, context),
      });
    },
  };
}

function decrypt(
  key: Buffer,
  nonce: Buffer,
  sealed: Buffer,
  { aad }: { aad: Buffer },
): string | undefined {
  // A shorter tag would be easier to guess, and node would take it.
  if (nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const opened = [decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()];
    return Buffer.concat(opened).toString('utf8');
  } catch {
    return undefined;
  }
}

function associatedData(keyId: string, context: string): Buffer {
  return Buffer.from(`${VERSION}.${keyId}.${context}`);
}

/** HKDF (RFC 5869): the token key itself never encrypts anything. */
function deriveKey(jwtSecret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', jwtSecret, '', 'guoxue secret box', 32));
}

/** Tells keys apart and tells nothing about them. */
function keyIdOf(key: Buffer): string {
  return createHash('sha256')
    .update('guoxue secret box key ')
    .update(key)
    .digest('hex')
    .slice(0, 8);
}
