import { createHash, randomBytes } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';

export const ACCESS_TOKEN_SECONDS = 30 * 60;
export const REFRESH_TOKEN_DAYS = 30;
export const TOKEN_ALGORITHM = 'HS256';
export const TOKEN_ISSUER = 'guoxue';

export function signAccessToken(secret: string, userId: string): string {
  return jsonwebtoken.sign({}, secret, {
    algorithm: TOKEN_ALGORITHM,
    issuer: TOKEN_ISSUER,
    subject: userId,
    expiresIn: ACCESS_TOKEN_SECONDS,
  });
}

/** Of a token that was verified before. */
export function accessTokenExpiry(token: string): Date {
  const payload = jsonwebtoken.decode(token, { json: true });
  return new Date((payload?.exp ?? 0) * 1000);
}

export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored: 256 random bits need no slow hash. */
export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function refreshTokenExpiry(now = new Date()): Date {
  return new Date(now.getTime() + REFRESH_TOKEN_DAYS * 24 * 60 * 60 * 1000);
}
