import {
  type BaseMessage,
  mapChatMessagesToStoredMessages,
  mapStoredMessagesToChatMessages,
  type StoredMessage,
} from '@langchain/core/messages';
import {
  type ChatHistories,
  HISTORY_LIMITS,
  type HistoryLimits,
  KeptChatHistory,
} from './chat-histories.ts';

interface Held {
  lines: string[];
  expiresAt: number;
}

/** Conversations of this process, the one that was quiet for longest first. */
class Shelf {
  readonly #limits: HistoryLimits & { maxConversations: number };
  readonly #held = new Map<string, Held>();

  constructor(limits: HistoryLimits & { maxConversations: number }) {
    this.#limits = limits;
  }

  read(id: string): string[] {
    const held = this.#held.get(id);
    if (!held || held.expiresAt <= Date.now()) return [];
    this.write(id, held.lines);
    return held.lines;
  }

  write(id: string, lines: string[]): void {
    this.#held.delete(id);
    if (lines.length === 0) return;
    const { keepMs, maxMessages, maxConversations } = this.#limits;
    this.#held.set(id, { lines: lines.slice(-maxMessages), expiresAt: Date.now() + keepMs });
    for (const [quiet, { expiresAt }] of this.#held) {
      if (this.#held.size <= maxConversations && expiresAt > Date.now()) return;
      this.#held.delete(quiet);
    }
  }
}

class MemoryChatHistory extends KeptChatHistory {
  readonly #shelf: Shelf;
  readonly #id: string;

  constructor(shelf: Shelf, id: string) {
    super();
    this.#shelf = shelf;
    this.#id = id;
  }

  override async getMessages(): Promise<BaseMessage[]> {
    return mapStoredMessagesToChatMessages(
      this.#shelf.read(this.#id).map((line): StoredMessage => JSON.parse(line)),
    );
  }

  override async addMessages(messages: BaseMessage[]): Promise<void> {
    this.#shelf.write(this.#id, [...this.#shelf.read(this.#id), ...toLines(messages)]);
  }

  override async replaceMessages(messages: BaseMessage[]): Promise<void> {
    this.#shelf.write(this.#id, toLines(messages));
  }

  override async clear(): Promise<void> {
    this.#shelf.write(this.#id, []);
  }
}

/** Text, as in Redis, so that what is handed out is nobody else's. */
function toLines(messages: BaseMessage[]): string[] {
  return mapChatMessagesToStoredMessages(messages).map((message) => JSON.stringify(message));
}

export function createMemoryChatHistories(
  limits: Partial<HistoryLimits & { maxConversations: number }> = {},
): ChatHistories {
  const shelf = new Shelf({ ...HISTORY_LIMITS, maxConversations: 1_000, ...limits });
  return { of: (id) => new MemoryChatHistory(shelf, id) };
}
