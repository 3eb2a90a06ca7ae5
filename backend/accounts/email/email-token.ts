import { hashToken, newToken } from '../one-time-token.ts';
import type { EmailToken, EmailTokenPurpose } from './email-token-store.ts';

const LIFETIME_MS: Record<EmailTokenPurpose, number> = {
  verify_email: 24 * 60 * 60 * 1000,
  reset_password: 30 * 60 * 1000,
};

type Use = Pick<EmailToken, 'userId' | 'purpose' | 'email'>;

/** What is stored of a token that stands in a mail. */
export function emailToken(token: string, use: Use): EmailToken {
  const expiresAt = new Date(Date.now() + LIFETIME_MS[use.purpose]);
  return { ...use, tokenHash: hashToken(token), expiresAt };
}

/**
 * That an account wants another address, from the moment it is asked for: a token that nobody knows,
 * voided with all the others. Mails to that address are written only while there is one.
 */
export function wishFor(email: string, userId: string): EmailToken {
  return emailToken(newToken(), { userId, purpose: 'verify_email', email });
}
