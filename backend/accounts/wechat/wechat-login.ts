import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Caller } from '../../http/caller.ts';
import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { SecretBox } from '../../platform/secret-box.ts';
import type { Login } from '../logins/login.ts';
import type { LoginService } from '../logins/login-service.ts';
import type { User } from '../user.ts';
import { lockOwners } from './lock-owners.ts';
import { type MergeStores, mergeAccounts } from './merge-accounts.ts';
import { rememberIdentity } from './remember-identity.ts';
import { visitBy } from './wechat-entrance.ts';
import {
  areOnePerson,
  avatarFromWechat,
  isWechatOnly,
  nicknameFromWechat,
  type WechatPerson,
} from './wechat-identity.ts';

export interface WechatLoginStores extends MergeStores {
  balances: MergeStores['balances'] & {
    open(userId: string): Promise<void>;
    credit(userId: string, type: 'grant', amount: number, reason: string): Promise<void>;
  };
}

export interface WechatLoginParts {
  stores: Pick<WechatLoginStores, 'loginLog'>;
  transact: Transact<WechatLoginStores>;
  logins: Pick<LoginService, 'enterWithin'>;
  secretBox: SecretBox;
  signupGrantTokens: number;
  logger: Logger;
}

interface Arrival {
  person: WechatPerson;
  caller: Caller;
  guestId: string | undefined;
}

/** Logs in whom WeChat vouches for: into the account that knows the person, else into a new one. */
export function createWechatLogin(parts: WechatLoginParts) {
  const { stores, transact, logins, secretBox, logger } = parts;

  async function enter(arrival: Arrival, merging: boolean): Promise<Login | { disabled: User }> {
    const { person, caller, guestId } = arrival;
    return transact(async (within) => {
      // Guests before accounts, as every login holds them.
      if (guestId) await within.users.lock(guestId);
      const { owners } = await lockOwners(within, person);
      const [owner, ...others] = owners;
      if (owner?.disabledAt) return { disabled: owner };
      let userId = owner?.id ?? (await signUp(within, arrival, parts.signupGrantTokens));
      if (owner && merging) userId = await unite(within, owner, others, arrival, logger);
      await rememberIdentity(within.wechatIdentities, secretBox, { person, userId });
      const user = await within.users.byId(userId);
      if (!user) throw new Error('the account was there a moment ago');
      return logins.enterWithin(within, user, visitBy(person.client, caller), guestId);
    });
  }

  return async (person: WechatPerson, caller: Caller, guestId?: string): Promise<Login> => {
    const arrival = { person, caller, guestId };
    const result = await enter(arrival, true).catch((error) => {
      if (!(error instanceof AppError) || error.slug !== 'generation_in_progress') throw error;
      // The accounts can become one at a later login; nobody is kept out for that.
      return enter(arrival, false);
    });
    if (!('disabled' in result)) return result;
    await stores.loginLog.record(result.disabled.id, visitBy(person.client, caller), 'disabled');
    throw new AppError(403, 'forbidden', '这个账号已被停用，请联系管理员。');
  };
}

/** A guest becomes the account; anybody else gets a new one. The welcome is one per person. */
async function signUp(
  within: WechatLoginStores,
  { person, guestId }: Arrival,
  grant: number,
): Promise<string> {
  const { users, balances, logins, wechatIdentities } = within;
  const profile = {
    email: null,
    passwordHash: null,
    nickname: nicknameFromWechat(person.nickname),
    avatarUrl: avatarFromWechat(person.avatarUrl),
  };
  // Held, because the same guest may be signing up or logging in elsewhere at this moment.
  const guest = guestId === undefined ? undefined : await users.lock(guestId);
  const promoted =
    guest?.role === 'guest' && !guest.disabledAt
      ? await users.promoteGuest(guest.id, profile)
      : undefined;
  const user = promoted ?? (await users.insert({ id: randomUUID(), ...profile, role: 'learner' }));
  if (!user) throw new Error('an account without an address cannot be taken');
  if (promoted) await logins.endAll(user.id);
  else await balances.open(user.id);
  if (await wechatIdentities.claimWelcome(person)) {
    await balances.credit(user.id, 'grant', grant, '注册赠送');
  }
  return user.id;
}

/**
 * WeChat has only now said that these accounts are one person's (each came by another app before):
 * they become one, the one with an address if there is one, else the oldest. Two with an address of
 * their own stay apart.
 */
async function unite(
  within: MergeStores,
  owner: User,
  others: readonly User[],
  { person, caller: { address } }: Arrival,
  logger: Logger,
): Promise<string> {
  let survivor = owner;
  for (const other of others) {
    const [from, into] = survivorOf(survivor, other);
    const { wechatIdentities } = within;
    const keys = [
      person,
      ...(await wechatIdentities.ofUser(from.id)),
      ...(await wechatIdentities.ofUser(into.id)),
    ];
    if (other.disabledAt || !isWechatOnly(from) || !areOnePerson(keys)) {
      logger.warn({ accounts: [owner.id, other.id] }, 'one WeChat person has two accounts');
      continue;
    }
    await mergeAccounts(within, { from, into, address });
    survivor = into;
  }
  return survivor.id;
}

/** Which goes, and which stays. */
function survivorOf(one: User, other: User): [from: User, into: User] {
  const oldestFirst = one.createdAt <= other.createdAt ? [one, other] : [other, one];
  const [first, second] = oldestFirst as [User, User];
  return isWechatOnly(second) ? [second, first] : [first, second];
}
