import { z } from 'zod';
import { allRows } from '../http/paging.ts';
import { messageSchema, sessionSchema } from './chat-schemas.ts';
import type { MessageStore } from './message-store.ts';
import { presentMessage } from './present-message.ts';
import { presentSession } from './present-session.ts';
import type { SessionStore } from './session-store.ts';

const PAGE = 100;

/** All that somebody ever asked and was answered, in every version, for a copy of their own data. */
export function createSessionExport(stores: {
  sessions: Pick<SessionStore, 'inOrderOfBeginning'>;
  messages: Pick<MessageStore, 'page' | 'versionsOf'>;
}) {
  const sessionsOf = (userId: string) =>
    allRows(
      (after: readonly [string, string] | undefined) =>
        stores.sessions.inOrderOfBeginning(userId, { limit: PAGE, after }),
      ({ createdAt, id }): [string, string] => [createdAt.toISOString(), id],
    );
  const messagesOf = (sessionId: string) =>
    allRows(
      (beyond: number | undefined) =>
        stores.messages.page(sessionId, { limit: PAGE, order: 'asc', beyond }),
      ({ position }) => position,
    );

  async function* readMessages(sessionId: string) {
    for await (const message of messagesOf(sessionId)) {
      const { questionId, versions } = message;
      const earlier =
        questionId && versions > 1 ? await stores.messages.versionsOf(questionId) : [];
      for (const each of earlier) if (each.id !== message.id) yield presentMessage(each);
      yield presentMessage(message);
    }
  }
  return {
    schema: z.array(sessionSchema.extend({ messages: z.array(messageSchema) })),
    async *read(userId: string) {
      for await (const session of sessionsOf(userId)) {
        yield { ...presentSession(session), messages: readMessages(session.id) };
      }
    },
  };
}
