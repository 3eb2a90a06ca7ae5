import { AppError } from '../errors.ts';
import type { Identity } from '../http/permissions.ts';
import type { LoginStore } from './logins/login-store.ts';
import type { User } from './user.ts';
import type { UserStore } from './user-store.ts';

interface OwnerStores {
  users: Pick<UserStore, 'lock'>;
  logins: Pick<LoginStore, 'roleBehind'>;
}

/**
 * Refuses whoever's login has ended since the request was let in. To be asked while the account is
 * held: a new password ends logins under the same hold, and what it has taken away from somebody who
 * should not be there must not be put back by a request of his that was on its way.
 */
export async function requireLogin(
  { logins }: Pick<OwnerStores, 'logins'>,
  { userId, loginId }: Identity,
): Promise<void> {
  if ((await logins.roleBehind(loginId, userId)) === undefined) throw loginOver();
}

/** The account of whoever asks, held until the transaction ends. */
export async function holdOwner(stores: OwnerStores, identity: Identity): Promise<User> {
  const user = await stores.users.lock(identity.userId);
  await requireLogin(stores, identity);
  if (!user) throw loginOver();
  return user;
}

function loginOver(): AppError {
  return new AppError(401, 'unauthenticated', '请先登录。');
}
