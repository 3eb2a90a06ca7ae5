import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import type { Read } from '../platform/database/reading.ts';
import type { Favorite, FavoriteStore } from './favorite-store.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';

export interface FavoriteService {
  mark(userId: string, messageId: string): Promise<Message>;
  unmark(userId: string, messageId: string): Promise<Message>;
  list(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<Favorite>>;
}

export function createFavoriteService(parts: {
  favorites: FavoriteStore;
  messages: Pick<MessageStore, 'ofUser'>;
  /** For what is only shown. */
  read: Read<{ favorites: FavoriteStore }>;
}): FavoriteService {
  const { favorites, messages, read } = parts;

  async function owned(userId: string, messageId: string): Promise<Message> {
    const message = await messages.ofUser(messageId, userId);
    if (!message) throw new AppError(404, 'not_found', '没有这条消息。');
    return message;
  }

  return {
    async mark(userId, messageId) {
      await owned(userId, messageId);
      if (!(await favorites.mark(messageId))) {
        // What was there a moment ago is being written, or was withdrawn meanwhile.
        await owned(userId, messageId);
        throw new AppError(409, 'conflict', '回答还没有写完，写完再收藏。');
      }
      return owned(userId, messageId);
    },
    async unmark(userId, messageId) {
      const { favorite, status } = await owned(userId, messageId);
      if (status === 'streaming') throw new AppError(409, 'conflict', '回答还没有写完。');
      if (favorite) await favorites.unmark(messageId);
      return owned(userId, messageId);
    },
    async list(userId, { limit, before }) {
      const page = { limit: limit + 1, before };
      const rows = await read(userId, (from) => from.favorites.list(userId, page));
      return toPage(rows, limit, (row) => [row.favoritedAt.toISOString(), row.message.id]);
    },
  };
}
