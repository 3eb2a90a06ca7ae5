import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { Feedback, FeedbackFilter } from './feedback.ts';
import type { FeedbackStore } from './feedback-store.ts';
import type { Message, MessageFeedback } from './message.ts';
import type { MessageStore } from './message-store.ts';

export interface FeedbackService {
  /** Says what somebody thinks of an answer, in place of what they said before. */
  give(userId: string, messageId: string, feedback: MessageFeedback): Promise<Message>;
  withdraw(userId: string, messageId: string): Promise<Message>;
}

/** An administrator at work, and from where. */
export interface FeedbackReader {
  userId: string;
  address: string;
}

export interface FeedbackDesk {
  list(
    filter: FeedbackFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<Feedback>>;
  /** Marks it as seen to, or not after all, and records who did; no deed where it is so already. */
  handle(by: FeedbackReader, messageId: string, handled: boolean): Promise<Feedback>;
}

interface FeedbackDeed {
  actorId: string;
  action: 'feedback.handle' | 'feedback.reopen';
  targetType: 'message';
  targetId: string;
  detail: Record<string, unknown>;
  address: string;
}

export interface FeedbackDeskStores {
  feedback: FeedbackStore;
  audit: { record(entry: FeedbackDeed): Promise<void> };
}

export function createFeedbackService(stores: {
  feedback: FeedbackStore;
  messages: Pick<MessageStore, 'ofUser'>;
}): FeedbackService {
  const { feedback, messages } = stores;

  async function ownAnswer(userId: string, messageId: string): Promise<Message> {
    const message = await messages.ofUser(messageId, userId);
    if (!message) throw new AppError(404, 'not_found', '没有这条回答。');
    if (message.role !== 'assistant') throw conflict('只能评价回答。');
    if (message.status === 'streaming') throw conflict('回答还没有写完，写完再评价。');
    return message;
  }

  return {
    async give(userId, messageId, said) {
      await ownAnswer(userId, messageId);
      await feedback.put(messageId, said);
      return ownAnswer(userId, messageId);
    },
    async withdraw(userId, messageId) {
      await ownAnswer(userId, messageId);
      await feedback.remove(messageId);
      return ownAnswer(userId, messageId);
    },
  };
}

export function createFeedbackDesk(parts: {
  stores: FeedbackDeskStores;
  transact: Transact<FeedbackDeskStores>;
}): FeedbackDesk {
  const { stores, transact } = parts;
  return {
    async list(filter, { limit, before }) {
      const rows = await stores.feedback.list(filter, { limit: limit + 1, before });
      return toPage(rows, limit, (row) => [row.updatedAt.toISOString(), row.message.id]);
    },
    handle: (by, messageId, handled) =>
      transact(async ({ feedback, audit }) => {
        const before = await feedback.of(messageId, { hold: true });
        if (!before) throw new AppError(404, 'not_found', '没有这条反馈。');
        if ((before.handledAt !== null) === handled) return before;
        await feedback.markHandled(messageId, handled ? by.userId : null);
        await audit.record({
          ...{ actorId: by.userId, address: by.address },
          action: handled ? 'feedback.handle' : 'feedback.reopen',
          ...{ targetType: 'message', targetId: messageId, detail: {} },
        });
        return (await feedback.of(messageId)) ?? before;
      }),
  };
}

function conflict(message: string): AppError {
  return new AppError(409, 'conflict', message);
}
