import type { User } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { WechatKey } from './wechat-client.ts';
import type { WechatIdentityStore } from './wechat-identity-store.ts';

/**
 * The accounts that know the person, held until the transaction ends: first the one that knows this
 * very identity, then those that know the same unionid. `also` is held with them; who holds several
 * takes them in the order of their ids, so that two who hold the same never wait for each other.
 */
export async function lockOwners(
  stores: { users: Pick<UserStore, 'lock'>; wechatIdentities: WechatIdentityStore },
  person: WechatKey,
  also: readonly string[] = [],
): Promise<{ owners: User[]; held: Map<string, User> }> {
  await stores.wechatIdentities.serialise(person);
  for (;;) {
    const wanted = await ownerIds(stores.wechatIdentities, person);
    const held = new Map<string, User>();
    for (const id of [...new Set([...wanted, ...also])].sort()) {
      const user = await stores.users.lock(id);
      if (user) held.set(id, user);
    }
    // By way of another identity of theirs, the accounts may have been merged while we waited.
    const now = await ownerIds(stores.wechatIdentities, person);
    if (now.every((id) => held.has(id))) {
      return { owners: now.flatMap((id) => held.get(id) ?? []), held };
    }
  }
}

async function ownerIds(identities: WechatIdentityStore, person: WechatKey): Promise<string[]> {
  const known = await identities.matching(person);
  return [...new Set(known.map(({ userId }) => userId))];
}
