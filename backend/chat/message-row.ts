import type { Knex } from 'knex';
import type { Citation, Quote } from '../citations/citation.ts';
import type { AnswerFailure, Message, MessageFeedback, MessageStatus, Usage } from './message.ts';

export interface MessageRow {
  id: string;
  session_id: string;
  position: number;
  role: 'user' | 'assistant';
  content: string;
  status: MessageStatus;
  failure: AnswerFailure | null;
  citations: Citation[];
  quotes: Quote[];
  follow_ups: string[];
  truncated: boolean;
  question_id: string | null;
  version: number;
  model: string | null;
  usage: Usage | null;
  favorite: boolean;
  created_at: Date;
  /** Of the two tables beside it. */
  rating: MessageFeedback['rating'] | null;
  comment: string | null;
  versions: number;
}

/** Messages with what their reader said of them and how many versions of them there are. */
export function selectMessages(knex: Knex): Knex.QueryBuilder<object, MessageRow[]> {
  return knex('messages')
    .leftJoin('feedback', 'feedback.message_id', 'messages.id')
    .select('messages.*', 'feedback.rating', 'feedback.comment')
    .select(
      knex.raw(`(select count(*)::integer from messages version
        where version.session_id = messages.session_id
          and version.position = messages.position) as versions`),
    );
}

export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    sessionId: row.session_id,
    position: row.position,
    role: row.role,
    content: row.content,
    status: row.status,
    // Answers that failed before there was a reason to be kept.
    failure: row.failure ?? (row.status === 'failed' ? 'model_failed' : null),
    citations: row.citations,
    quotes: row.quotes,
    usage: row.usage,
    favorite: row.favorite,
    feedback: row.rating && { rating: row.rating, comment: row.comment },
    followUps: row.follow_ups,
    truncated: row.truncated,
    questionId: row.question_id,
    version: row.version,
    versions: row.versions,
    model: row.model,
    createdAt: row.created_at,
  };
}
