import { createHash } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';

export const ACCESS_TOKEN_SECONDS = 15 * 60;
export const TOKEN_ALGORITHM = 'HS256';
export const TOKEN_ISSUER = 'guoxue';

export interface AccessTokens {
  sign(subject: { userId: string; loginId: string }): string;
  /** The key a token names as its own (`kid`); `undefined` for a key that is not (or no longer) ours. */
  keyOf(token: string): string | undefined;
}

/**
 * Signs with the first secret and still accepts the others, so that a secret can be changed without
 * ending anybody's login: the old one stays in JWT_PREVIOUS_SECRETS until its last token is over.
 */
export function createAccessTokens(
  secret: string,
  previousSecrets: readonly string[] = [],
): AccessTokens {
  const keys = new Map([...previousSecrets, secret].map((each) => [keyIdOf(each), each]));
  const keyid = keyIdOf(secret);
  return {
    sign: ({ userId, loginId }) =>
      jsonwebtoken.sign({ sid: loginId }, secret, {
        algorithm: TOKEN_ALGORITHM,
        keyid,
        issuer: TOKEN_ISSUER,
        subject: userId,
        expiresIn: ACCESS_TOKEN_SECONDS,
      }),
    keyOf(token) {
      const kid = readKeyId(token);
      return kid === undefined ? undefined : keys.get(kid);
    },
  };
}

/** Throws on nothing: what cannot be read names no key. */
function readKeyId(token: string): string | undefined {
  try {
    return jsonwebtoken.decode(token, { complete: true })?.header.kid;
  } catch {
    return undefined;
  }
}

/** Tells keys apart and tells nothing about them. */
function keyIdOf(secret: string): string {
  return createHash('sha256')
    .update(`guoxue access token key ${secret}`)
    .digest('hex')
    .slice(0, 12);
}

/** Of a token that was verified before. */
export function accessTokenExpiry(token: string): Date {
  const payload = jsonwebtoken.decode(token, { json: true });
  return new Date((payload?.exp ?? 0) * 1000);
}
