import type { Knex } from 'knex';
import { fromRow } from '../../platform/database/row.ts';
import type { Avatar } from './avatar.ts';

/** Pictures under ids that are never used again, so that what was fetched once may be kept for ever. */
export interface AvatarStore {
  insert(id: string, userId: string, avatar: Avatar): Promise<void>;
  byId(id: string): Promise<Avatar | undefined>;
  deleteOf(userId: string): Promise<void>;
}

export function createAvatarStore(knex: Knex): AvatarStore {
  return {
    async insert(id, userId, { mediaType, image }) {
      await knex('avatars').insert({ id, user_id: userId, media_type: mediaType, image });
    },
    async byId(id) {
      const row = await knex('avatars').where({ id }).first('media_type', 'image');
      return row && fromRow<Avatar>(row);
    },
    async deleteOf(userId) {
      await knex('avatars').where({ user_id: userId }).delete();
    },
  };
}
