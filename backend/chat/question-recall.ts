import { AppError } from '../errors.ts';
import type { Transact } from '../platform/database/transact.ts';
import { type AcceptanceStores, takePlace } from './answer-acceptance.ts';
import type { ConversationMemory } from './conversation-memory.ts';
import type { MessageStore } from './message-store.ts';
import { questionIn } from './question-of.ts';

export interface Recall {
  userId: string;
  sessionId: string;
  /** The question, or one of its answers. */
  messageId: string;
}

type Stores = Pick<AcceptanceStores, 'sessions' | 'messages' | 'summaries'>;

const RECALL_MS = 120_000;

/** Withdraws a question and all its answers; the ids of what is gone. */
export function createQuestionRecall(parts: {
  transact: Transact<Stores>;
  messages: Pick<MessageStore, 'ofUser' | 'byId' | 'versionsOf'>;
  memory: Pick<ConversationMemory, 'forget'>;
  /** Stops a running answer and waits for its end: what was written of it is paid for. */
  stop: (userId: string, answerId: string) => Promise<unknown>;
}): (recall: Recall) => Promise<string[]> {
  const { transact, messages, memory, stop } = parts;
  return async (recall) => {
    const question = await questionIn(messages, recall);
    if (Date.now() - question.createdAt.getTime() > RECALL_MS) {
      throw new AppError(409, 'conflict', '只能撤回两分钟以内的提问。');
    }
    for (const { id, status } of await messages.versionsOf(question.id)) {
      if (status === 'streaming') await stop(recall.userId, id);
    }
    const recalled = await transact((stores) => withdraw(stores, recall));
    await memory.forget(recall.sessionId);
    return recalled;
  };
}

async function withdraw(stores: Stores, recall: Recall): Promise<string[]> {
  const { session } = await takePlace(stores, recall, 0);
  const question = await questionIn(stores.messages, recall);
  const answers = await stores.messages.versionsOf(question.id);
  await stores.messages.delete(question.id);
  await stores.sessions.reviseHistory(session.id);
  await stores.summaries.deleteFrom(session.id, question.position);
  const [earlier] = await stores.messages.before(session.id, question.position, 1);
  // It may be the words of the question that are to be gone.
  if (!earlier) await stores.sessions.unnameUnlessNamed(session.id);
  return [question.id, ...answers.map(({ id }) => id)];
}
