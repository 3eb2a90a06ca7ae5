import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, as they go out: refresh tokens, links in mails, WeChat's state. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token: 256 random bits need no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
