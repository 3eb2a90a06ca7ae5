import type { Knex } from 'knex';
import type { Feedback, FeedbackFilter } from './feedback.ts';
import type { MessageFeedback } from './message.ts';
import { type MessageRow, selectMessages, toMessage } from './message-row.ts';

export interface FeedbackStore {
  /** Said again in the same words, it stays as it is; in others, nobody has seen to it yet. */
  put(messageId: string, feedback: MessageFeedback): Promise<void>;
  remove(messageId: string): Promise<void>;
  /** With `hold` nobody changes it until the transaction ends. */
  of(messageId: string, options?: { hold: boolean }): Promise<Feedback | undefined>;
  /** What was said last comes first. */
  list(
    filter: FeedbackFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Feedback[]>;
  markHandled(messageId: string, by: string | null): Promise<void>;
}

type FeedbackRow = MessageRow & {
  rating: MessageFeedback['rating'];
  question: string | null;
  user_id: string;
  nickname: string;
  said_at: Date;
  said_anew_at: Date;
  handled_at: Date | null;
};

export function createFeedbackStore(knex: Knex): FeedbackStore {
  const select = () =>
    selectMessages(knex)
      .join('sessions', 'sessions.id', 'messages.session_id')
      .join('users', 'users.id', 'sessions.user_id')
      .leftJoin('messages as asked', 'asked.id', 'messages.question_id')
      .whereNotNull('feedback.rating')
      .select('users.id as user_id', 'users.nickname', 'asked.content as question')
      .select('feedback.created_at as said_at', 'feedback.updated_at as said_anew_at')
      .select('feedback.handled_at');
  return {
    async put(messageId, { rating, comment }) {
      await knex.raw(
        `insert into feedback (message_id, rating, comment)
         select id, ?, ? from messages where id = ? for key share
         on conflict (message_id) do update set
           rating = excluded.rating, comment = excluded.comment,
           updated_at = clock_timestamp(), handled_at = null, handled_by = null
         where (feedback.rating, feedback.comment) is distinct from (excluded.rating, excluded.comment)`,
        [rating, comment, messageId],
      );
    },
    async remove(messageId) {
      await knex('feedback').where({ message_id: messageId }).delete();
    },
    async of(messageId, { hold } = { hold: false }) {
      if (hold) await knex('feedback').where({ message_id: messageId }).forUpdate().first('rating');
      const [row] = await select().where('messages.id', messageId);
      return row && toFeedback(row as FeedbackRow);
    },
    async list({ rating, handled }, { limit, before }) {
      const rows = select()
        .orderBy([
          { column: 'feedback.updated_at', order: 'desc' },
          { column: 'feedback.message_id', order: 'desc' },
        ])
        .limit(limit);
      if (rating !== undefined) rows.where({ 'feedback.rating': rating });
      if (handled !== undefined)
        rows[handled ? 'whereNotNull' : 'whereNull']('feedback.handled_at');
      if (before) {
        rows.whereRaw('(feedback.updated_at, feedback.message_id) < (?::timestamptz, ?::uuid)', [
          ...before,
        ]);
      }
      return (await rows).map((row) => toFeedback(row as FeedbackRow));
    },
    async markHandled(messageId, by) {
      const handled_at = by === null ? null : knex.raw('clock_timestamp()');
      await knex('feedback')
        .where({ message_id: messageId })
        .update({ handled_at, handled_by: by });
    },
  };
}

function toFeedback(row: FeedbackRow): Feedback {
  return {
    message: toMessage(row),
    question: row.question,
    user: { id: row.user_id, nickname: row.nickname },
    rating: row.rating,
    comment: row.comment,
    createdAt: row.said_at,
    updatedAt: row.said_anew_at,
    handledAt: row.handled_at,
  };
}
