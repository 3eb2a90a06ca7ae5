import { AppError } from '../errors.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { AvatarStore } from './avatars/avatar-store.ts';
import type { User } from './user.ts';
import type { UserStore } from './user-store.ts';

export interface ProfileStores {
  users: Pick<UserStore, 'byId' | 'update'>;
  avatars: Pick<AvatarStore, 'deleteOf'>;
}

export interface Profiles {
  read(userId: string): Promise<User>;
  change(userId: string, change: Partial<Pick<User, 'nickname' | 'avatarUrl'>>): Promise<User>;
}

export function createProfiles(parts: {
  stores: ProfileStores;
  transact: Transact<ProfileStores>;
}): Profiles {
  const { stores, transact } = parts;
  const known = (user: User | undefined) => {
    if (!user) throw new AppError(401, 'unauthenticated', '请先登录。');
    return user;
  };
  return {
    read: async (userId) => known(await stores.users.byId(userId)),
    change: (userId, change) =>
      transact(async ({ users, avatars }) => {
        const user = known(await users.update(userId, change));
        // Whoever is shown by a picture from elsewhere, or by none, has none here any more.
        if (change.avatarUrl !== undefined) await avatars.deleteOf(userId);
        return user;
      }),
  };
}
