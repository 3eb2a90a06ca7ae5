import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { type Session, type SessionMode, UNTITLED } from './session.ts';
import type { SessionFilter, SessionStore } from './session-store.ts';

export interface SessionService {
  create(userId: string, input: { title?: string; mode: SessionMode }): Promise<Session>;
  get(userId: string, id: string): Promise<Session>;
  list(
    userId: string,
    filter: SessionFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<Session>>;
  update(
    userId: string,
    id: string,
    change: { title?: string; archived?: boolean },
  ): Promise<Session>;
  delete(userId: string, id: string): Promise<void>;
  messages(
    userId: string,
    id: string,
    page: { limit: number; order: 'asc' | 'desc'; beyond: number | undefined },
  ): Promise<Page<Message>>;
}

export function createSessionService(parts: {
  sessions: SessionStore;
  messages: MessageStore;
  stopAnswer: (userId: string, sessionId: string, messageId: string) => Promise<unknown>;
}): SessionService {
  const { sessions, messages, stopAnswer } = parts;

  async function owned(userId: string, id: string): Promise<Session> {
    const session = await sessions.ofUser(id, userId);
    if (!session) throw new AppError(404, 'not_found', '没有这个对话。');
    return session;
  }

  return {
    create: (userId, { title = UNTITLED, mode }) =>
      sessions.insert({ id: randomUUID(), userId, title, mode }),
    get: owned,
    async list(userId, filter, { limit, before }) {
      const rows = await sessions.list(userId, filter, { limit: limit + 1, before });
      return toPage(rows, limit, (row) => [
        (row.lastMessageAt ?? row.createdAt).toISOString(),
        row.id,
      ]);
    },
    async update(userId, id, change) {
      await owned(userId, id);
      return sessions.update(id, change);
    },
    async delete(userId, id) {
      await owned(userId, id);
      const running = await messages.running(id);
      if (running) await stopAnswer(userId, id, running.id);
      await sessions.delete(id);
    },
    async messages(userId, id, { limit, order, beyond }) {
      await owned(userId, id);
      const rows = await messages.page(id, { limit: limit + 1, order, beyond });
      return toPage(rows, limit, (row) => [row.position]);
    },
  };
}
