import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import type { Read } from '../platform/database/reading.ts';
import type { ConversationMemory } from './conversation-memory.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { type Session, type SessionMode, UNTITLED } from './session.ts';
import { excerptAround, searchPattern } from './session-search.ts';
import type { SessionChange, SessionStore } from './session-store.ts';

export interface SessionQuery {
  archived?: boolean | undefined;
  /** Part of the title or of what was said. */
  q?: string | undefined;
}

export interface FoundSession extends Session {
  /** What was said around the words looked for; null where the title holds them. */
  match: string | null;
}

export interface SessionService {
  create(userId: string, input: { title?: string; mode: SessionMode }): Promise<Session>;
  get(userId: string, id: string): Promise<Session>;
  list(
    userId: string,
    query: SessionQuery,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<FoundSession>>;
  update(userId: string, id: string, change: SessionChange): Promise<Session>;
  /** With all its messages; an answer that is being written is stopped first. */
  delete(userId: string, id: string): Promise<void>;
  messages(
    userId: string,
    id: string,
    page: { limit: number; order: 'asc' | 'desc'; beyond: number | undefined },
  ): Promise<Page<Message>>;
}

interface SessionStores {
  sessions: SessionStore;
  messages: MessageStore;
}

export function createSessionService(parts: {
  sessions: SessionStore;
  messages: MessageStore;
  /** For what is only shown. */
  read: Read<SessionStores>;
  memory: Pick<ConversationMemory, 'forget'>;
  stopAnswer: (userId: string, sessionId: string, messageId: string) => Promise<unknown>;
}): SessionService {
  const { sessions, messages, read, memory, stopAnswer } = parts;

  async function owned(userId: string, id: string, from = sessions): Promise<Session> {
    const session = await from.ofUser(id, userId);
    if (!session) throw new AppError(404, 'not_found', '没有这个对话。');
    return session;
  }

  return {
    create: (userId, { title, mode }) =>
      sessions.insert({
        id: randomUUID(),
        userId,
        title: title ?? UNTITLED,
        mode,
        titleOrigin: title === undefined ? 'none' : 'learner',
      }),
    get: (userId, id) => read(userId, ({ sessions: from }) => owned(userId, id, from)),
    async list(userId, { archived, q }, { limit, before }) {
      const pattern = q ? await searchPattern(q) : undefined;
      const page = { limit: limit + 1, before };
      const rows = await read(userId, (from) =>
        from.sessions.list(userId, { archived, pattern }, page),
      );
      const found = rows.map(({ hit, ...session }) => ({
        ...session,
        match: hit === null || pattern === undefined ? null : excerptAround(hit, pattern),
      }));
      return toPage(found, limit, (row) => [
        (row.lastMessageAt ?? row.createdAt).toISOString(),
        row.id,
      ]);
    },
    async update(userId, id, change) {
      const session = await owned(userId, id);
      return Object.keys(change).length === 0 ? session : sessions.update(id, change);
    },
    async delete(userId, id) {
      await owned(userId, id);
      const running = await messages.running(id);
      if (running) await stopAnswer(userId, id, running.id);
      await sessions.delete(id);
      await memory.forget(id);
    },
    async messages(userId, id, { limit, order, beyond }) {
      const rows = await read(userId, async (from) => {
        await owned(userId, id, from.sessions);
        return from.messages.page(id, { limit: limit + 1, order, beyond });
      });
      return toPage(rows, limit, (row) => [row.position]);
    },
  };
}
