import { AppError } from '../errors.ts';
import type { User } from './user.ts';
import type { UserStore } from './user-store.ts';

export interface Profiles {
  read(userId: string): Promise<User>;
  change(userId: string, change: Partial<Pick<User, 'nickname' | 'avatarUrl'>>): Promise<User>;
}

export function createProfiles(users: Pick<UserStore, 'byId' | 'update'>): Profiles {
  const known = (user: User | undefined) => {
    if (!user) throw new AppError(401, 'unauthenticated', '请先登录。');
    return user;
  };
  return {
    read: async (userId) => known(await users.byId(userId)),
    change: async (userId, change) => known(await users.update(userId, change)),
  };
}
