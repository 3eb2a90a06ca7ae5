import type { Knex } from 'knex';

/** What a conversation no longer repeats word by word. */
export interface Summary {
  content: string;
  /** It tells of the messages before this position. */
  upToPosition: number;
}

export interface SummaryStore {
  read(sessionId: string): Promise<Summary | undefined>;
  /**
   * Takes the place of the one before it, unless what was said has changed since `revision`. Whoever
   * changes it raises the revision first and deletes the summary then: so each waits for the other.
   */
  write(sessionId: string, summary: Summary, revision: number): Promise<void>;
  /** Deletes it where it tells of a message at or after `position`. */
  deleteFrom(sessionId: string, position: number): Promise<void>;
  /** How much was said that no summary tells of. */
  charactersSince(sessionId: string): Promise<number>;
}

export function createSummaryStore(knex: Knex): SummaryStore {
  const summaries = () => knex('session_summaries');
  return {
    async read(sessionId) {
      const row = await summaries().where({ session_id: sessionId }).first();
      return row && { content: row.content, upToPosition: row.up_to_position };
    },
    async write(sessionId, { content, upToPosition }, revision) {
      await knex.raw(
        `insert into session_summaries (session_id, content, up_to_position)
         select id, ?, ?::integer from sessions where id = ? and history_revision = ? for update
         on conflict (session_id) do update set content = excluded.content,
           up_to_position = excluded.up_to_position, updated_at = clock_timestamp()`,
        [content, upToPosition, sessionId, revision],
      );
    },
    async deleteFrom(sessionId, position) {
      await summaries()
        .where({ session_id: sessionId })
        .where('up_to_position', '>', position)
        .delete();
    },
    async charactersSince(sessionId) {
      const told = summaries().where({ session_id: sessionId }).select('up_to_position');
      const row = await knex('messages')
        .where({ session_id: sessionId, current: true })
        .where('position', '>=', knex.raw('coalesce((?), 0)', [told]))
        .first(knex.raw('coalesce(sum(char_length(content)), 0)::integer as characters'));
      return row.characters;
    },
  };
}
