import type { Knex } from 'knex';
import { type Session, type SessionMode, type TitleOrigin, UNTITLED } from './session.ts';
import type { SearchPattern } from './session-search.ts';

interface SessionRow {
  id: string;
  user_id: string;
  title: string;
  mode: SessionMode;
  archived: boolean;
  message_count: number;
  history_revision: number;
  title_origin: TitleOrigin;
  created_at: Date;
  updated_at: Date;
  last_message_at: Date | null;
}

export interface SessionFilter {
  archived?: boolean | undefined;
  /** Of the title, or of anything that is said in it now. */
  pattern?: SearchPattern | undefined;
}

export interface ListedSession extends Session {
  /** The newest message in which the pattern was found; null where the title holds it already. */
  hit: string | null;
}

export interface SessionChange {
  title?: string;
  archived?: boolean;
  mode?: SessionMode;
}

export interface SessionStore {
  insert(
    session: Pick<Session, 'id' | 'userId' | 'title' | 'mode' | 'titleOrigin'>,
  ): Promise<Session>;
  /** Somebody else's session is no session at all. */
  ofUser(id: string, userId: string): Promise<Session | undefined>;
  /** Whosever it is; for work in the background. */
  byId(id: string): Promise<Session | undefined>;
  list(
    userId: string,
    filter: SessionFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<ListedSession[]>;
  /** All of somebody's, oldest first: an order that nothing changes while a long list is read. */
  inOrderOfBeginning(
    userId: string,
    page: { limit: number; after: readonly [string, string] | undefined },
  ): Promise<Session[]>;
  update(id: string, change: SessionChange): Promise<Session>;
  /** Names a conversation that its learner has not named; undefined when there is none such. */
  nameUnlessNamed(
    id: string,
    title: string,
    origin: 'question' | 'model',
  ): Promise<Session | undefined>;
  /** Takes the title away, unless its learner gave it. */
  unnameUnlessNamed(id: string): Promise<void>;
  /** Something said before has changed: whoever remembers it must look again. */
  reviseHistory(id: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** With all their messages. */
  deleteAllOf(userId: string): Promise<void>;
  changeOwner(fromUserId: string, toUserId: string): Promise<void>;
  /**
   * Makes room for `count` messages and returns the position of the first, with the session as it is
   * then. Locks its row, so that messages of one session are accepted one after the other.
   */
  takePositions(
    id: string,
    count: number,
  ): Promise<{ session: Session; first: number } | undefined>;
}

/** Looked for within one conversation after the other, newest first, until a page of them is full. */
const NEWEST_HIT = `left join lateral (
  select content as hit from messages
  where title !~* ? and session_id = sessions.id and current and content ~* ?
  order by position desc limit 1
) found on true`;

export function createSessionStore(knex: Knex): SessionStore {
  const sessions = () => knex<SessionRow>('sessions');
  return {
    async insert({ id, userId, title, mode, titleOrigin }) {
      const rows = await sessions()
        .insert({ id, user_id: userId, title, mode, title_origin: titleOrigin })
        .returning('*');
      return toSession(rows[0] as SessionRow);
    },
    async ofUser(id, userId) {
      const row = await sessions().where({ id, user_id: userId }).first();
      return row && toSession(row);
    },
    async byId(id) {
      const row = await sessions().where({ id }).first();
      return row && toSession(row);
    },
    async list(userId, { archived, pattern }, { limit, before }) {
      const rows = knex('sessions')
        .where({ user_id: userId })
        .orderByRaw('coalesce(last_message_at, created_at) desc, id desc')
        .limit(limit)
        .select('sessions.*');
      if (archived !== undefined) rows.where({ archived });
      if (pattern !== undefined) {
        rows.joinRaw(NEWEST_HIT, [pattern, pattern]).select('hit');
        rows.whereRaw('(hit is not null or title ~* ?)', [pattern]);
      }
      if (before) {
        rows.whereRaw('(coalesce(last_message_at, created_at), id) < (?::timestamptz, ?::uuid)', [
          ...before,
        ]);
      }
      return (await rows).map((row) => ({ ...toSession(row), hit: row.hit ?? null }));
    },
    async inOrderOfBeginning(userId, { limit, after }) {
      const rows = sessions()
        .where({ user_id: userId })
        .orderBy([{ column: 'created_at' }, { column: 'id' }])
        .limit(limit);
      if (after) rows.whereRaw('(created_at, id) > (?::timestamptz, ?::uuid)', [...after]);
      return (await rows).map(toSession);
    },
    async update(id, { title, ...change }) {
      const named = title === undefined ? {} : { title, title_origin: 'learner' as const };
      const rows = await sessions()
        .where({ id })
        .update({ ...change, ...named, updated_at: new Date() })
        .returning('*');
      return toSession(rows[0] as SessionRow);
    },
    async nameUnlessNamed(id, title, origin) {
      const rows = await sessions()
        .where({ id })
        .whereNot({ title_origin: 'learner' })
        .update({ title, title_origin: origin })
        .returning('*');
      return rows[0] && toSession(rows[0]);
    },
    async unnameUnlessNamed(id) {
      await sessions()
        .where({ id })
        .whereNot({ title_origin: 'learner' })
        .update({ title: UNTITLED, title_origin: 'none' });
    },
    async reviseHistory(id) {
      await sessions().where({ id }).increment('history_revision', 1);
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
        .returning('*');
      const session = rows[0] && toSession(rows[0]);
      return session && { session, first: session.messageCount - count };
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
    messageCount: row.message_count,
    historyRevision: row.history_revision,
    titleOrigin: row.title_origin,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastMessageAt: row.last_message_at,
  };
}
