import { AppError } from '../../errors.ts';
import { hashToken } from '../one-time-token.ts';
import type { User } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { EmailToken, EmailTokenPurpose, EmailTokenStore } from './email-token-store.ts';

export interface RedeemStores {
  users: Pick<UserStore, 'lock'>;
  emailTokens: Pick<EmailTokenStore, 'find' | 'consume'>;
}

/**
 * Uses up the token of a mail within the transaction of its effect, and holds the account. The
 * account is locked before the token: whoever voids tokens does it in the same order.
 */
export async function redeem(
  { users, emailTokens }: RedeemStores,
  token: string,
  purpose: EmailTokenPurpose,
): Promise<{ token: EmailToken; owner: User }> {
  const tokenHash = hashToken(token);
  const found = await emailTokens.find(tokenHash, purpose);
  const owner = found && (await users.lock(found.userId));
  const used = owner && (await emailTokens.consume(tokenHash, purpose));
  if (!used || owner.disabledAt || owner.erasedAt) throw tokenOver();
  return { token: used, owner };
}

/** Never was, was used, has expired, was voided by a newer one: all the same to whoever brings it. */
export function tokenOver(): AppError {
  const message = '这个链接无效、已用过或已过期，请重新申请';
  return new AppError(400, 'invalid_input', `${message}。`, {
    details: [{ path: 'token', message }],
  });
}
