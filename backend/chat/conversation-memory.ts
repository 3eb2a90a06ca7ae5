import type { ChatHistories } from '../../ai/memory/chat-histories.ts';
import type { Logger } from '../logger.ts';
import { readKept, writeKept } from './kept-said.ts';
import {
  beginningOf,
  type Recollection,
  type RecollectionStores,
  readSaid,
  toTurns,
} from './recollection.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface ConversationMemory {
  /** From the history kept in Redis (or in memory), else rebuilt from the database. */
  recall(session: Session): Promise<Recollection>;
  /** An answer has ended: its turn is appended to what is kept. Never throws. */
  remember(sessionId: string): Promise<void>;
  /** Something was changed, withdrawn or deleted. Never throws. */
  forget(sessionId: string): Promise<void>;
}

/** The database is the truth; what is kept beside it is used only where it says the same. */
export function createConversationMemory(parts: {
  stores: RecollectionStores & { sessions: Pick<SessionStore, 'byId'> };
  histories: ChatHistories;
  logger: Logger;
}): ConversationMemory {
  const { histories, logger, stores } = parts;
  const attempt = createAttempts(logger);

  async function kept(session: Session) {
    const messages = await attempt(() => histories.of(session.id).getMessages());
    return messages && readKept(messages, session.historyRevision);
  }

  /** Reads and keeps what was said from `from` on; what is still being written is not kept. */
  async function rebuild(session: Session, from: number) {
    const said = await readSaid(stores.messages, session.id, from, session.messageCount);
    if (said.upTo === session.messageCount) {
      const messages = writeKept(said, session.historyRevision);
      await attempt(() => histories.of(session.id).replaceMessages(messages));
    }
    return said;
  }

  async function beginning(session: Session) {
    const summary = await stores.summaries.read(session.id);
    const from = beginningOf(session.messageCount, summary?.upToPosition ?? 0);
    return { from, summary: summary?.content ?? null };
  }

  async function append(session: Session, after: number): Promise<void> {
    const said = await readSaid(stores.messages, session.id, after, session.messageCount);
    const messages = writeKept(said, session.historyRevision);
    if (messages.length > 0) await attempt(() => histories.of(session.id).addMessages(messages));
  }

  return {
    async recall(session) {
      const { historyRevision: revision, messageCount } = session;
      if (messageCount === 0) return { summary: null, turns: [], revision, upTo: 0 };
      const { from, summary } = await beginning(session);
      const held = await kept(session);
      if (held && held.upTo === messageCount && held.from <= from) {
        const turns = held.turns.filter(({ position }) => position >= from);
        return { summary, turns: turns.map(({ turn }) => turn), revision, upTo: messageCount };
      }
      const said = await rebuild(session, from);
      return { summary, turns: said.messages.flatMap(toTurns), revision, upTo: said.upTo };
    },

    async remember(sessionId) {
      try {
        const session = await stores.sessions.byId(sessionId);
        if (!session) return;
        const held = await kept(session);
        if (held && held.upTo <= session.messageCount) await append(session, held.upTo);
        else await rebuild(session, (await beginning(session)).from);
      } catch (error) {
        logger.warn({ err: error, sessionId }, 'what was said last is not kept at hand');
      }
    },

    async forget(sessionId) {
      await attempt(() => histories.of(sessionId).clear());
    },
  };
}

/** One line when the histories go away, however many are asked for until they are back. */
function createAttempts(logger: Logger) {
  let warned = false;
  return async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      const result = await work();
      warned = false;
      return result;
    } catch (error) {
      if (!warned) logger.warn({ err: error }, 'kept histories are away, the database answers');
      warned = true;
      return undefined;
    }
  };
}
