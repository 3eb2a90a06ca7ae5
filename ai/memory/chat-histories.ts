import { BaseListChatMessageHistory } from '@langchain/core/chat_history';
import type { BaseMessage } from '@langchain/core/messages';

/**
 * A chat history that is trimmed to its latest messages and goes away when nobody comes back to it.
 * It is a copy for speed: what it holds may be gone at any time, and is rebuilt by its owner.
 */
export abstract class KeptChatHistory extends BaseListChatMessageHistory {
  override lc_namespace = ['guoxue', 'memory'];

  /** These instead of whatever was held, all at once. */
  abstract replaceMessages(messages: BaseMessage[]): Promise<void>;

  override addMessage(message: BaseMessage): Promise<void> {
    return this.addMessages([message]);
  }
}

/** One history a conversation. */
export interface ChatHistories {
  of(conversationId: string): KeptChatHistory;
}

export interface HistoryLimits {
  /** Messages of one conversation; the oldest goes first. */
  maxMessages: number;
  /** After the last one was written or read. */
  keepMs: number;
}

export const HISTORY_LIMITS: HistoryLimits = { maxMessages: 160, keepMs: 24 * 3_600_000 };
