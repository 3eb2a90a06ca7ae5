import type { Knex } from 'knex';
import type { Message } from './message.ts';
import { type MessageRow, selectMessages, toMessage } from './message-row.ts';

export interface Favorite {
  message: Message;
  sessionTitle: string;
  /** What was asked, where the message is an answer. */
  question: string | null;
  favoritedAt: Date;
}

export interface FavoriteStore {
  /** Marked again, it keeps its place; false while the message is still being written. */
  mark(messageId: string): Promise<boolean>;
  unmark(messageId: string): Promise<void>;
  /** What was marked last comes first. */
  list(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Favorite[]>;
}

type FavoriteRow = MessageRow & { title: string; question: string | null; favorited_at: Date };

export function createFavoriteStore(knex: Knex): FavoriteStore {
  return {
    async mark(id) {
      const marked = await knex('messages')
        .where({ id })
        .whereNot({ status: 'streaming' })
        .update({
          favorite: true,
          favorited_at: knex.raw('coalesce(favorited_at, clock_timestamp())'),
        });
      return marked === 1;
    },
    async unmark(id) {
      await knex('messages').where({ id }).update({ favorite: false, favorited_at: null });
    },
    async list(userId, { limit, before }) {
      const rows = selectMessages(knex)
        .join('sessions', 'sessions.id', 'messages.session_id')
        .leftJoin('messages as asked', 'asked.id', 'messages.question_id')
        .where({ 'sessions.user_id': userId, 'messages.favorite': true })
        .select('sessions.title', 'asked.content as question')
        .orderBy([
          { column: 'messages.favorited_at', order: 'desc' },
          { column: 'messages.id', order: 'desc' },
        ])
        .limit(limit);
      if (before) {
        rows.whereRaw('(messages.favorited_at, messages.id) < (?::timestamptz, ?::uuid)', [
          ...before,
        ]);
      }
      return (await rows).map((row) => toFavorite(row as FavoriteRow));
    },
  };
}

function toFavorite(row: FavoriteRow): Favorite {
  const { title, question, favorited_at: favoritedAt } = row;
  return { message: toMessage(row), sessionTitle: title, question, favoritedAt };
}
