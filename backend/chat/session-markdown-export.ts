import { AppError } from '../errors.ts';
import { allRows } from '../http/paging.ts';
import type { MessageStore } from './message-store.ts';
import { type MarkdownParts, markdownHead, markdownOf } from './session-markdown.ts';
import type { SessionStore } from './session-store.ts';

export interface MarkdownExport {
  /** What it is called, and its text in pieces, read while they are taken. */
  open(
    userId: string,
    sessionId: string,
  ): Promise<{ title: string; pieces: AsyncIterable<string> }>;
}

const PAGE = 100;

/** Of each answer what is current; earlier versions are in the copy of all own data. */
export function createMarkdownExport(
  parts: MarkdownParts & {
    sessions: Pick<SessionStore, 'ofUser'>;
    messages: Pick<MessageStore, 'page'>;
  },
): MarkdownExport {
  const { sessions, messages, producer } = parts;

  const messagesOf = (sessionId: string) =>
    allRows(
      (beyond: number | undefined) =>
        messages.page(sessionId, { limit: PAGE, order: 'asc', beyond }),
      ({ position }) => position,
    );

  return {
    async open(userId, sessionId) {
      const session = await sessions.ofUser(sessionId, userId);
      if (!session) throw new AppError(404, 'not_found', '没有这个对话。');
      async function* pieces(head: string) {
        yield head;
        for await (const message of messagesOf(sessionId)) yield markdownOf(message, parts);
      }
      const head = markdownHead(session, new Date(), producer);
      return { title: session.title, pieces: pieces(head) };
    },
  };
}
