import type { Caller } from '../../http/caller.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { requestMailWithin } from '../email/mail-throttle.ts';
import { redeem, tokenOver } from '../email/redeem-token.ts';
import { hashToken } from '../one-time-token.ts';
import { normaliseEmail, type User } from '../user.ts';
import type { AttemptStores } from './attempts.ts';
import type { LoginThrottle } from './login-throttle.ts';
import { hashPassword } from './password-hash.ts';
import { requireGoodPassword } from './password-policy.ts';
import { type PasswordStores, replacePassword } from './password-service.ts';

export interface PasswordReset {
  /**
   * Asks for a mail with a link. The same work for an address that nobody has: only the worker
   * finds out. More than a few mails an hour to one address are silently not sent.
   */
  request(email: string): Promise<void>;
  /**
   * Sets a password by the token of such a mail, once. Whoever can read the mail owns the address,
   * so it counts as confirmed; all logins end, WeChat is unlinked and all locks open.
   */
  finish(token: string, password: string, caller: Caller): Promise<User>;
}

type ResetStores = PasswordStores & AttemptStores;

export function createPasswordReset(parts: {
  stores: ResetStores;
  transact: Transact<ResetStores>;
  throttle: LoginThrottle;
  sendMails(): void;
}): PasswordReset {
  const { stores, transact, throttle, sendMails } = parts;

  /** Leaves the token as it is: a password that is refused may be followed by a better one. */
  async function ownerOf(token: string): Promise<User> {
    const found = await stores.emailTokens.find(hashToken(token), 'reset_password');
    const user = found && (await stores.users.byId(found.userId));
    if (!user || !isFor(user, found.email)) throw tokenOver();
    return user;
  }

  return {
    async request(given) {
      const email = normaliseEmail(given);
      await transact((within) => requestMailWithin(within, { kind: 'reset_password', email }));
      sendMails();
    },

    async finish(token, password, caller) {
      const { email: known, nickname } = await ownerOf(token);
      requireGoodPassword(password, [known ?? '', nickname]);
      const passwordHash = await hashPassword(password);
      const user = await transact(async (within) => {
        const { token: used, owner } = await redeem(within, token, 'reset_password');
        if (!isFor(owner, used.email)) throw tokenOver();
        return replacePassword(within, owner, passwordHash, { by: caller });
      });
      await throttle.open(user.email ?? user.id, caller.address);
      sendMails();
      return user;
    },
  };
}

/** The mail went to the address that the account still has. */
function isFor(user: User, email: string): boolean {
  return user.email === email && !user.disabledAt && !user.erasedAt;
}
