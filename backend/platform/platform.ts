import type { RequestHandler } from 'express';
import type { ChatHistories } from '../../ai/memory/chat-histories.ts';
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
import type { Observation } from './observation.ts';
import type { JobQueue } from './queue/job-queue.ts';
import type { RedisClient } from './redis-connection.ts';

/** An embedding and the collection that holds what it makes of the passages. */
export interface VectorSpace {
  /** Under which the database remembers it: the collection, and where it is if nobody shares it. */
  name: string;
  /** Where its Chroma is: one name for a shared server, one for each process's own. */
  place: string;
  provider: 'local' | 'openai';
  embeddings: PassageEmbeddings;
  vectors: PassageVectors;
}

/** Everything outside the program that it stands on, as ports; who holds it cannot tell the mode. */
export interface Platform {
  /**
   * Under which name this process owns answers. Alone on its data it always has the same one, and so
   * finds what its former life left unfinished; among others each has its own.
   */
  instanceId: string;
  database: Database;
  /** For jobs that are soon done, and for those that may take minutes. */
  queue: JobQueue;
  longQueue: JobQueue;
  /** Pages to look at them, for a web server to mount at this path; embedded queues have none. */
  openQueueDashboard: ((basePath: string) => Promise<RequestHandler>) | undefined;
  cache: Cache;
  /** Of this process alone, where `cache` lies behind a network. */
  nearCache: Cache | undefined;
  counters: Counters;
  bus: MessageBus;
  lock: Lock;
  eventStore: EventStore;
  /** Copies of what was said lately, for speed. */
  histories: ChatHistories;
  mailer: Mailer;
  observation: Observation;
  /** For the counters of rate limits only, which a library keeps in Redis by itself. */
  rateCounters: { redis: RedisClient; prefix: string } | undefined;
  /** As the configuration wants it. */
  vectorSpace: VectorSpace;
  /** One of another time; `undefined` where this configuration cannot reach its model. */
  openVectorSpace(known: {
    provider: VectorSpace['provider'];
    model: string;
  }): Promise<VectorSpace | undefined>;
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
