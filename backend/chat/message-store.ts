import type { Knex } from 'knex';
import type { Citation, Quote } from '../citations/citation.ts';
import type { AnswerOutcome, Message, MessageStatus, Usage } from './message.ts';

interface MessageRow {
  id: string;
  session_id: string;
  position: number;
  role: 'user' | 'assistant';
  content: string;
  status: MessageStatus;
  citations: Citation[];
  quotes: Quote[];
  usage: Usage | null;
  favorite: boolean;
  created_at: Date;
}

export interface MessageStore {
  insertQuestion(message: NewMessage & { content: string }): Promise<Message>;
  /** The empty answer, owned by a process until `leaseUntil`. */
  insertAnswer(message: NewMessage & { owner: string; leaseUntil: Date }): Promise<Message>;
  ofUser(id: string, userId: string): Promise<Message | undefined>;
  byId(id: string): Promise<Message | undefined>;
  page(
    sessionId: string,
    page: { limit: number; order: 'asc' | 'desc'; beyond: number | undefined },
  ): Promise<Message[]>;
  /** The last messages before a position, oldest first. */
  before(sessionId: string, position: number, limit: number): Promise<Message[]>;
  running(sessionId: string): Promise<Message | undefined>;
  /** The ids of all answers that are being written for somebody. */
  runningFor(userId: string): Promise<string[]>;
  /** Keeps what is written so far and renews the lease; false when the answer has ended. */
  saveProgress(id: string, content: string, leaseUntil: Date): Promise<boolean>;
  /**
   * Holds an answer that is being written until the transaction ends. Whoever ends one takes it
   * before the money, all in the same order, so that no two wait for each other.
   */
  hold(id: string): Promise<void>;
  /** Ends an answer once; `undefined` when it had ended before. */
  finish(id: string, outcome: AnswerOutcome): Promise<Message | undefined>;
  /** Answers whose owner died: those of `formerOwner`, and all whose lease is over. */
  abandoned(formerOwner: string | undefined): Promise<Message[]>;
}

interface NewMessage {
  id: string;
  sessionId: string;
  position: number;
}

export function createMessageStore(knex: Knex): MessageStore {
  const messages = () => knex<MessageRow>('messages');
  const insert = async (row: Record<string, unknown>) => {
    const rows = await knex('messages').insert(row).returning('*');
    return toMessage(rows[0] as MessageRow);
  };
  const base = ({ id, sessionId, position }: NewMessage) => ({
    id,
    session_id: sessionId,
    position,
  });
  return {
    insertQuestion: (message) =>
      insert({ ...base(message), role: 'user', status: 'complete', content: message.content }),
    insertAnswer: (message) =>
      insert({
        ...base(message),
        role: 'assistant',
        status: 'streaming',
        content: '',
        owner: message.owner,
        lease_until: message.leaseUntil,
      }),
    async ofUser(id, userId) {
      const row = await knex('messages')
        .join('sessions', 'sessions.id', 'messages.session_id')
        .where({ 'messages.id': id, 'sessions.user_id': userId })
        .first('messages.*');
      return row && toMessage(row);
    },
    async byId(id) {
      const row = await messages().where({ id }).first();
      return row && toMessage(row);
    },
    async page(sessionId, { limit, order, beyond }) {
      const rows = messages()
        .where({ session_id: sessionId })
        .orderBy('position', order)
        .limit(limit);
      if (beyond !== undefined) rows.where('position', order === 'asc' ? '>' : '<', beyond);
      return (await rows).map(toMessage);
    },
    async before(sessionId, position, limit) {
      const rows = await messages()
        .where({ session_id: sessionId })
        .where('position', '<', position)
        .orderBy('position', 'desc')
        .limit(limit);
      return rows.reverse().map(toMessage);
    },
    async running(sessionId) {
      const row = await messages().where({ session_id: sessionId, status: 'streaming' }).first();
      return row && toMessage(row);
    },
    async runningFor(userId) {
      const rows = await knex('messages')
        .join('sessions', 'sessions.id', 'messages.session_id')
        .where({ 'sessions.user_id': userId, 'messages.status': 'streaming' })
        .select('messages.id');
      return rows.map(({ id }) => id);
    },
    async saveProgress(id, content, leaseUntil) {
      const changed = await knex('messages')
        .where({ id, status: 'streaming' })
        .update({ content, lease_until: leaseUntil });
      return changed === 1;
    },
    async hold(id) {
      await messages().where({ id, status: 'streaming' }).forUpdate().first('id');
    },
    async finish(id, outcome) {
      const rows = await knex('messages')
        .where({ id, status: 'streaming' })
        .update({
          status: outcome.status,
          content: outcome.content,
          citations: JSON.stringify(outcome.citations),
          quotes: JSON.stringify(outcome.quotes),
          usage: outcome.usage && JSON.stringify(outcome.usage),
          owner: null,
          lease_until: null,
        })
        .returning('*');
      return rows[0] && toMessage(rows[0]);
    },
    async abandoned(formerOwner) {
      const rows = await messages()
        .where({ status: 'streaming' })
        .where((dead) => {
          dead.whereRaw('lease_until < now()');
          if (formerOwner) dead.orWhereRaw('owner = ?', [formerOwner]);
        })
        .limit(500);
      return rows.map(toMessage);
    },
  };
}

function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    sessionId: row.session_id,
    position: row.position,
    role: row.role,
    content: row.content,
    status: row.status,
    citations: row.citations,
    quotes: row.quotes,
    usage: row.usage,
    favorite: row.favorite,
    createdAt: row.created_at,
  };
}
