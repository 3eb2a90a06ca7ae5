import type { Knex } from 'knex';
import type { Session, SessionMode } from './session.ts';

interface SessionRow {
  id: string;
  user_id: string;
  title: string;
  mode: SessionMode;
  archived: boolean;
  message_count: number;
  created_at: Date;
  updated_at: Date;
  last_message_at: Date | null;
}

export interface SessionFilter {
  archived?: boolean | undefined;
  /** Part of the title. */
  q?: string | undefined;
}

export interface SessionStore {
  insert(session: Pick<Session, 'id' | 'userId' | 'title' | 'mode'>): Promise<Session>;
  /** Somebody else's session is no session at all. */
  ofUser(id: string, userId: string): Promise<Session | undefined>;
  list(
    userId: string,
    filter: SessionFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Session[]>;
  /** All of somebody's, oldest first: an order that nothing changes while a long list is read. */
  inOrderOfBeginning(
    userId: string,
    page: { limit: number; after: readonly [string, string] | undefined },
  ): Promise<Session[]>;
  update(id: string, change: { title?: string; archived?: boolean }): Promise<Session>;
  delete(id: string): Promise<void>;
  /** With all their messages. */
  deleteAllOf(userId: string): Promise<void>;
  changeOwner(fromUserId: string, toUserId: string): Promise<void>;
  /**
   * Makes room for `count` messages and returns the position of the first. Locks the session's row,
   * so that messages of one session are accepted one after the other.
   */
  takePositions(id: string, count: number): Promise<number>;
}

export function createSessionStore(knex: Knex): SessionStore {
  const sessions = () => knex<SessionRow>('sessions');
  return {
    async insert({ id, userId, title, mode }) {
      const rows = await sessions().insert({ id, user_id: userId, title, mode }).returning('*');
      return toSession(rows[0] as SessionRow);
    },
    async ofUser(id, userId) {
      const row = await sessions().where({ id, user_id: userId }).first();
      return row && toSession(row);
    },
    async list(userId, filter, { limit, before }) {
      const rows = sessions()
        .where({ user_id: userId })
        .orderByRaw('coalesce(last_message_at, created_at) desc, id desc')
        .limit(limit);
      if (filter.archived !== undefined) rows.where({ archived: filter.archived });
      if (filter.q) rows.whereRaw('strpos(lower(title), lower(?)) > 0', [filter.q]);
      if (before) {
        rows.whereRaw('(coalesce(last_message_at, created_at), id) < (?::timestamptz, ?::uuid)', [
          ...before,
        ]);
      }
      return (await rows).map(toSession);
    },
    async inOrderOfBeginning(userId, { limit, after }) {
      const rows = sessions()
        .where({ user_id: userId })
        .orderBy([{ column: 'created_at' }, { column: 'id' }])
        .limit(limit);
      if (after) rows.whereRaw('(created_at, id) > (?::timestamptz, ?::uuid)', [...after]);
      return (await rows).map(toSession);
    },
    async update(id, change) {
      const rows = await sessions()
        .where({ id })
        .update({ ...change, updated_at: new Date() })
        .returning('*');
      return toSession(rows[0] as SessionRow);
    },
    async delete(id) {
      await sessions().where({ id }).delete();
    },
    async deleteAllOf(userId) {
      await sessions().where({ user_id: userId }).delete();
    },
    async changeOwner(fromUserId, toUserId) {
      await sessions().where({ user_id: fromUserId }).update({ user_id: toUserId });
    },
    async takePositions(id, count) {
      const now = new Date();
      const rows = await sessions()
        .where({ id })
        .update({
          message_count: knex.raw('message_count + ?', [count]),
          last_message_at: now,
          updated_at: now,
        })
        .returning('message_count');
      return Number(rows[0]?.message_count) - count;
    },
  };
}

function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    title: row.title,
    mode: row.mode,
    archived: row.archived,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastMessageAt: row.last_message_at,
  };
}
