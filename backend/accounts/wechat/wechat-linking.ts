import { AppError } from '../../errors.ts';
import type { Caller } from '../../http/caller.ts';
import type { Identity } from '../../http/permissions.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { SecretBox } from '../../platform/secret-box.ts';
import type { AccountMails } from '../email/account-mails.ts';
import { requireLogin } from '../require-login.ts';
import type { User } from '../user.ts';
import { lockOwners } from './lock-owners.ts';
import { type MergeStores, mergeAccounts } from './merge-accounts.ts';
import { rememberIdentity } from './remember-identity.ts';
import { areOnePerson, isWechatOnly, type WechatPerson } from './wechat-identity.ts';

export interface WechatLinking {
  /** Makes the person known as this user; an account that only WeChat leads to becomes part of it. */
  link(identity: Identity, person: WechatPerson, caller: Caller): Promise<User>;
  /** Forgets all WeChat identities of the user; refused when nothing else leads into the account. */
  unlink(identity: Identity, caller: Caller): Promise<User>;
}

export interface WechatLinkingStores extends MergeStores {
  accountMails: AccountMails;
}

export interface WechatLinkingParts {
  transact: Transact<WechatLinkingStores>;
  secretBox: SecretBox;
  sendMails(): void;
}

export function createWechatLinking(parts: WechatLinkingParts): WechatLinking {
  const { transact, secretBox, sendMails } = parts;

  async function told(work: (within: WechatLinkingStores) => Promise<User>): Promise<User> {
    const user = await transact(work);
    sendMails();
    return user;
  }

  return {
    link: (identity, person, { address }) =>
      told(async (within) => {
        const { userId } = identity;
        const { owners, held } = await lockOwners(within, person, [userId]);
        const into = requireOpen(held.get(userId));
        await requireLogin(within, identity);
        const others = owners.filter(({ id }) => id !== userId);
        others.forEach(requireMergeable);
        await requireOnePerson(within, person, [into, ...others]);
        for (const from of others) await mergeAccounts(within, { from, into, address });
        await rememberIdentity(within.wechatIdentities, secretBox, { person, userId });
        if (!owners.some(({ id }) => id === userId)) await tell(within, into, 'link', address);
        return requireOpen(await within.users.byId(userId));
      }),

    unlink: (identity, { address }) =>
      told(async (within) => {
        const { users, wechatIdentities } = within;
        const user = requireOpen(await users.lock(identity.userId));
        await requireLogin(within, identity);
        if (!user.wechatLinked) return user;
        if (user.email === null || user.passwordHash === null) {
          const message = '微信是这个账号唯一的登录方式。请先设置邮箱和密码，再解除关联。';
          throw new AppError(409, 'conflict', message);
        }
        await wechatIdentities.deleteOfUser(user.id);
        await tell(within, user, 'unlink', address);
        return requireOpen(await users.byId(user.id));
      }),
  };
}

/** For ever to who audits, and to the owner: a mailbox that nobody has confirmed may be a stranger's. */
async function tell(
  { audit, accountMails }: WechatLinkingStores,
  { id, email, emailVerified }: User,
  deed: 'link' | 'unlink',
  address: string,
): Promise<void> {
  const target = { targetType: 'user', targetId: id, detail: {} };
  await audit.record({ ...target, actorId: id, action: `account.wechat_${deed}`, address });
  if (email === null || !emailVerified) return;
  const notice = deed === 'link' ? 'wechat_linked' : 'wechat_unlinked';
  await accountMails.request({ kind: 'notice', email, notice });
}

/** It may have been closed, disabled or merged since the request was let in. */
function requireOpen(user: User | undefined): User {
  if (!user || user.disabledAt || user.closingAt || user.role === 'guest') {
    throw new AppError(401, 'unauthenticated', '请先登录。');
  }
  return user;
}

function requireMergeable(other: User): void {
  if (other.disabledAt) {
    throw new AppError(403, 'forbidden', '这个微信原来的账号已被停用，不能关联。');
  }
  if (!isWechatOnly(other)) {
    throw new AppError(409, 'conflict', '这个微信已关联另一个账号，请先在那里解除关联。');
  }
}

async function requireOnePerson(
  { wechatIdentities }: MergeStores,
  person: WechatPerson,
  users: readonly User[],
): Promise<void> {
  const keys = [];
  for (const { id } of users) keys.push(...(await wechatIdentities.ofUser(id)));
  if (areOnePerson([person, ...keys])) return;
  throw new AppError(409, 'conflict', '这个账号已关联另一个微信，请先解除关联。');
}
