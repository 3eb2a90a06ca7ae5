import {
  type BaseMessage,
  mapChatMessagesToStoredMessages,
  mapStoredMessagesToChatMessages,
  type StoredMessage,
} from '@langchain/core/messages';
import type { Cluster, Redis } from 'ioredis';
import {
  type ChatHistories,
  HISTORY_LIMITS,
  type HistoryLimits,
  KeptChatHistory,
} from './chat-histories.ts';

type RedisClient = Redis | Cluster;

interface RedisHistoryParts extends HistoryLimits {
  client: RedisClient;
  key: string;
}

/**
 * A list a conversation, oldest first. LangChain's own class for Redis writes a message at a time, never
 * trims and forgets only if told to. While the server is away nothing is even tried.
 */
class RedisChatHistory extends KeptChatHistory {
  readonly #parts: RedisHistoryParts;

  constructor(parts: RedisHistoryParts) {
    super();
    this.#parts = parts;
  }

  override async getMessages(): Promise<BaseMessage[]> {
    const { key, keepMs } = this.#parts;
    const results = await this.#transaction().lrange(key, 0, -1).pexpire(key, keepMs).exec();
    const [error, lines] = results?.[0] ?? [new Error('Redis gave no reply'), []];
    if (error) throw error;
    return mapStoredMessagesToChatMessages(
      (lines as string[]).map((line): StoredMessage => JSON.parse(line)),
    );
  }

  override addMessages(messages: BaseMessage[]): Promise<void> {
    return this.#write(messages, false);
  }

  override replaceMessages(messages: BaseMessage[]): Promise<void> {
    return this.#write(messages, true);
  }

  override async clear(): Promise<void> {
    await this.#transaction().del(this.#parts.key).exec();
  }

  async #write(messages: BaseMessage[], instead: boolean): Promise<void> {
    const { key, keepMs, maxMessages } = this.#parts;
    const transaction = this.#transaction();
    if (instead) transaction.del(key);
    if (messages.length > 0) {
      const stored = mapChatMessagesToStoredMessages(messages);
      transaction
        .rpush(key, ...stored.map((message) => JSON.stringify(message)))
        .ltrim(key, -maxMessages, -1)
        .pexpire(key, keepMs);
    }
    const failed = (await transaction.exec())?.find(([error]) => error);
    if (failed?.[0]) throw failed[0];
  }

  #transaction() {
    const { client } = this.#parts;
    if (client.status !== 'ready') throw new Error(`Redis client is ${client.status}`);
    return client.multi();
  }
}

/** Shared by all processes. The client is shared and stays open. */
export function createRedisChatHistories(
  given: { client: RedisClient; prefix: string } & Partial<HistoryLimits>,
): ChatHistories {
  const { client, prefix, ...limits } = given;
  const settings = { ...HISTORY_LIMITS, ...limits };
  return {
    of: (id) => new RedisChatHistory({ client, key: `${prefix}:history:${id}`, ...settings }),
  };
}
