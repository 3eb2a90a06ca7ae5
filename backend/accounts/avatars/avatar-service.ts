import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { User } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { Avatar } from './avatar.ts';
import type { AvatarStore } from './avatar-store.ts';

export interface AvatarStores {
  users: UserStore;
  avatars: AvatarStore;
}

export interface Avatars {
  /** Shows the account with this picture, under a new address each time. */
  set(userId: string, avatar: Avatar): Promise<User>;
  /** Shows the account without a picture, wherever that was kept. */
  remove(userId: string): Promise<User>;
  byId(id: string): Promise<Avatar>;
}

/** What the address of a picture of ours looks like. */
export const avatarPath = (id: string) => `/api/avatars/${id}`;

export function createAvatars(parts: {
  stores: { avatars: AvatarStore };
  transact: Transact<AvatarStores>;
}): Avatars {
  const { stores, transact } = parts;

  /** Of two changes at once the second waits, so that the address is that of the picture there is. */
  const replace = (userId: string, avatar: Avatar | undefined) =>
    transact(async ({ users, avatars }) => {
      const user = await users.lock(userId);
      if (!user) throw new AppError(401, 'unauthenticated', '请先登录。');
      await avatars.deleteOf(userId);
      const id = randomUUID();
      if (avatar) await avatars.insert(id, userId, avatar);
      const avatarUrl = avatar ? avatarPath(id) : null;
      return (await users.update(userId, { avatarUrl })) ?? user;
    });

  return {
    set: (userId, avatar) => replace(userId, avatar),
    remove: (userId) => replace(userId, undefined),
    async byId(id) {
      const avatar = await stores.avatars.byId(id);
      if (!avatar) throw new AppError(404, 'not_found', '没有这张图片。');
      return avatar;
    },
  };
}
