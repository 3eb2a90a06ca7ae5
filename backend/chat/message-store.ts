import type { Knex } from 'knex';
import type { Citation } from '../citations/citation.ts';
import type { AnswerOutcome, Message } from './message.ts';
import { type MessageRow, selectMessages, toMessage } from './message-row.ts';

export interface MessageStore {
  insertQuestion(message: NewMessage & { content: string }): Promise<Message>;
  /** The empty answer, owned by a process until `leaseUntil`; it takes the place of older versions. */
  insertAnswer(message: NewAnswer): Promise<Message>;
  ofUser(id: string, userId: string): Promise<Message | undefined>;
  byId(id: string): Promise<Message | undefined>;
  /** What is current, in order; `beyond` is a position. */
  page(
    sessionId: string,
    page: { limit: number; order: 'asc' | 'desc'; beyond: number | undefined },
  ): Promise<Message[]>;
  /** All answers to one question, oldest first. */
  versionsOf(questionId: string): Promise<Message[]>;
  /** The last messages before a position, oldest first; of each answer its newest version. */
  before(sessionId: string, position: number, limit: number): Promise<Message[]>;
  running(sessionId: string): Promise<Message | undefined>;
  /** The ids of all answers that are being written for somebody. */
  runningFor(userId: string): Promise<string[]>;
  /**
   * Keeps what is written so far and renews the leases; says which answers are still being written.
   * Waits for none that somebody is ending: those are left as they are, and not among the named.
   */
  saveProgress(progress: readonly Progress[], leaseUntil: Date): Promise<string[]>;
  /**
   * Holds an answer that is being written until the transaction ends. Whoever ends one takes it
   * before the money, all in the same order, so that no two wait for each other.
   */
  hold(id: string): Promise<void>;
  /** Ends an answer once; `undefined` when it had ended before. */
  finish(id: string, outcome: AnswerOutcome): Promise<Message | undefined>;
  /** With its answers, if it is a question. */
  delete(id: string): Promise<void>;
  /** Answers whose owner died: those of `formerOwner`, and all whose lease is over. */
  abandoned(formerOwner: string | undefined): Promise<AbandonedAnswer[]>;
  /** Holds one of them as {@link hold} does, unless it has come alive or to an end meanwhile. */
  holdAbandoned(id: string, formerOwner: string | undefined): Promise<Message | undefined>;
}

/** What an answer has come to while it is being written. */
export interface Progress {
  id: string;
  content: string;
  /** Where they are not stored yet. */
  citations?: Citation[] | undefined;
}

export interface AbandonedAnswer extends Message {
  userId: string;
}

export interface NewAnswer extends NewMessage {
  questionId: string;
  owner: string;
  leaseUntil: Date;
  model: string;
  promptVersion: number;
}

interface NewMessage {
  id: string;
  sessionId: string;
  position: number;
}

export function createMessageStore(knex: Knex): MessageStore {
  const messages = () => knex('messages');
  const select = () => selectMessages(knex);
  const byId: MessageStore['byId'] = async (id) => {
    const [row] = await select().where('messages.id', id);
    return row && toMessage(row);
  };
  const insert = async (row: Record<string, unknown> & { id: string }) => {
    await messages().insert(row);
    return (await byId(row.id)) as Message;
  };
  const base = ({ id, sessionId, position }: NewMessage) => ({
    id,
    session_id: sessionId,
    position,
  });
  return {
    byId,
    insertQuestion: (message) =>
      insert({ ...base(message), role: 'user', status: 'complete', content: message.content }),
    async insertAnswer(message) {
      const place = { session_id: message.sessionId, position: message.position };
      const [newest] = await messages().where(place).max({ version: 'version' });
      await messages().where(place).update({ current: false });
      return insert({
        ...base(message),
        role: 'assistant',
        status: 'streaming',
        content: '',
        question_id: message.questionId,
        version: (newest?.version ?? 0) + 1,
        owner: message.owner,
        lease_until: message.leaseUntil,
        model: message.model,
        prompt_version: message.promptVersion,
      });
    },
    async ofUser(id, userId) {
      const [row] = await select()
        .join('sessions', 'sessions.id', 'messages.session_id')
        .where({ 'messages.id': id, 'sessions.user_id': userId });
      return row && toMessage(row);
    },
    async page(sessionId, { limit, order, beyond }) {
      const rows = select()
        .where({ session_id: sessionId, current: true })
        .orderBy('position', order)
        .limit(limit);
      if (beyond !== undefined) rows.where('position', order === 'asc' ? '>' : '<', beyond);
      return (await rows).map(toMessage);
    },
    async versionsOf(questionId) {
      const rows = await select().where({ question_id: questionId }).orderBy('version');
      return rows.map(toMessage);
    },
    async before(sessionId, position, limit) {
      const rows = await select()
        .where({ session_id: sessionId, current: true })
        .where('position', '<', position)
        .orderBy('position', 'desc')
        .limit(limit);
      return rows.reverse().map(toMessage);
    },
    async running(sessionId) {
      const [row] = await select().where({ session_id: sessionId, status: 'streaming' });
      return row && toMessage(row);
    },
    async runningFor(userId) {
      const rows = await messages()
        .join('sessions', 'sessions.id', 'messages.session_id')
        .where({ 'sessions.user_id': userId, 'messages.status': 'streaming' })
        .select('messages.id');
      return rows.map(({ id }) => id);
    },
    async saveProgress(progress, leaseUntil) {
      const columns = [
        progress.map(({ id }) => id),
        progress.map(({ content }) => content),
        progress.map(({ citations }) => (citations ? JSON.stringify(citations) : null)),
      ];
      const { rows } = await knex.raw(
        `with mine as (
           select id from messages where id = any(?::uuid[]) and status = 'streaming'
           for update skip locked
         )
         update messages set lease_until = ?, content = progress.content,
           citations = coalesce(progress.citations::jsonb, messages.citations)
         from mine join unnest(?::uuid[], ?::text[], ?::text[]) as progress (id, content, citations)
           on progress.id = mine.id
         where messages.id = mine.id
         returning messages.id`,
        [columns[0], leaseUntil, ...columns] as Knex.RawBinding[],
      );
      return rows.map(({ id }: { id: string }) => id);
    },
    async hold(id) {
      await messages().where({ id, status: 'streaming' }).forUpdate().first('id');
    },
    async finish(id, outcome) {
      const changed = await messages()
        .where({ id, status: 'streaming' })
        .update({
          status: outcome.status,
          content: outcome.content,
          citations: JSON.stringify(outcome.citations),
          quotes: JSON.stringify(outcome.quotes),
          follow_ups: JSON.stringify(outcome.followUps ?? []),
          truncated: outcome.truncated ?? false,
          failure: outcome.status === 'failed' ? (outcome.failure ?? 'model_failed') : null,
          usage: outcome.usage && JSON.stringify(outcome.usage),
          owner: null,
          lease_until: null,
        });
      return changed === 1 ? byId(id) : undefined;
    },
    async delete(id) {
      await messages().where({ id }).delete();
    },
    async abandoned(formerOwner) {
      const rows: (MessageRow & { user_id: string })[] = await select()
        .join('sessions', 'sessions.id', 'messages.session_id')
        .select('sessions.user_id')
        .where({ status: 'streaming' })
        .where(ownerDied(formerOwner))
        .limit(500);
      return rows.map((row) => ({ ...toMessage(row), userId: row.user_id }));
    },
    async holdAbandoned(id, formerOwner) {
      const dead = await messages()
        .where({ id, status: 'streaming' })
        .where(ownerDied(formerOwner))
        .forUpdate()
        .first('id');
      return dead && byId(id);
    },
  };
}

function ownerDied(formerOwner: string | undefined): (answers: Knex.QueryBuilder) => void {
  return (answers) => {
    answers.whereRaw('lease_until < now()');
    if (formerOwner) answers.orWhereRaw('owner = ?', [formerOwner]);
  };
}
