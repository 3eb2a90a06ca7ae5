import type { AnswerModel } from '../../ai/providers/answer-model.ts';
import type { PassageEmbeddings } from '../../ai/rag/embeddings/passage-embeddings.ts';
import type { PassageVectors } from '../../ai/rag/passage-vectors.ts';
import type { CountTokens } from '../../ai/tokens/count-tokens.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { EventStore } from '../realtime/event-store.ts';
import type { MessageBus } from './bus/message-bus.ts';
import type { Cache } from './cache/cache.ts';
import type { Counters } from './counters/counters.ts';
import type { Database } from './database/database.ts';
import type { Lock } from './lock/lock.ts';
import type { JobQueue } from './queue/job-queue.ts';
import type { RedisClient } from './redis-connection.ts';

/** Everything outside the program that it stands on, as ports; who holds it cannot tell the mode. */
export interface Platform {
  /**
   * Under which name this process owns answers. Alone on its data it always has the same one, and so
   * finds what its former life left unfinished; among others each has its own.
   */
  instanceId: string;
  database: Database;
  queue: JobQueue;
  cache: Cache;
  counters: Counters;
  bus: MessageBus;
  lock: Lock;
  eventStore: EventStore;
  mailer: Mailer;
  /** For the counters of rate limits only, which a library keeps in Redis by itself. */
  rateCounters: { redis: RedisClient; prefix: string } | undefined;
  embeddings: PassageEmbeddings;
  vectors: PassageVectors;
  /**
   * Under which name the database remembers what is embedded: the collection, and for a Chroma of
   * this process's own also whose it is, so that two processes do not take each other's for theirs.
   */
  vectorSpace: string;
  model: AnswerModel;
  /** As the model counts. */
  countTokens: CountTokens;
  /** Names of models a question may ask for. */
  models: string[];
  /** What it runs on, for people. */
  description: { database: string; cache: string; vectors: string; model: string; mail: string };
  cacheAlive(): Promise<boolean>;
  close(): Promise<void>;
}
