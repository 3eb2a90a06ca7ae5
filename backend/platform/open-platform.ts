import { randomUUID } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { createMemoryChatHistories } from '../../ai/memory/memory-chat-histories.ts';
import { createRedisChatHistories } from '../../ai/memory/redis-chat-histories.ts';
import { deepSeekModels } from '../../ai/providers/deepseek-models.ts';
import { createOfflineTutor } from '../../ai/providers/offline/offline-tutor.ts';
import {
  createPassageEmbeddings,
  type PassageEmbeddingsSettings,
} from '../../ai/rag/embeddings/create-passage-embeddings.ts';
import { foldText } from '../../ai/rag/folding.ts';
import { createPassageVectors } from '../../ai/rag/passage-vectors.ts';
import { estimateTokens } from '../../ai/tokens/count-tokens.ts';
import { loadDeepSeekTokenizer } from '../../ai/tokens/deepseek-tokenizer.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../config.ts';
import type { Logger } from '../logger.ts';
import { createMailer } from '../mail/create-mailer.ts';
import { createMemoryEventStore } from '../realtime/memory-event-store.ts';
import { createRedisEventStore } from '../realtime/redis-event-store.ts';
import { createMemoryMessageBus } from './bus/memory-message-bus.ts';
import { createRedisMessageBus } from './bus/redis-message-bus.ts';
import { createMemoryCache } from './cache/memory-cache.ts';
import { createRedisCache } from './cache/redis-cache.ts';
import { type ChromaAddress, startChromaServer } from './chroma/chroma-server.ts';
import { createMemoryCounters } from './counters/memory-counters.ts';
import { createRedisCounters } from './counters/redis-counters.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import type { Database } from './database/database.ts';
import { openEmbeddedDatabase } from './database/embedded-database.ts';
import { openPostgres } from './database/postgres-database.ts';
import { createMemoryLock } from './lock/memory-lock.ts';
import { createRedisLock } from './lock/redis-lock.ts';
import { makeFolder } from './make-folder.ts';
import { type Observation, openObservation } from './observation.ts';
import type { Platform, VectorSpace } from './platform.ts';
import { createBullJobQueue } from './queue/bull-job-queue.ts';
import { createEmbeddedJobQueue } from './queue/embedded-job-queue.ts';
import { createRedisConnections } from './redis-connection.ts';

type Closing = () => Promise<void>;

const REDIS_FIRST_CONTACT_MS = 10_000;

/** The only place that chooses between the embedded parts and servers: each URL switches its own. */
export async function openPlatform(config: Config, logger: Logger): Promise<Platform> {
  await prepareDataDir(config.dataDir);
  const opened: Closing[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const observation = await openObservation(config);
    opened.push(() => observation.tracing.close());
    const [database, chroma] = await inParallel(
      openDatabase(config, logger, opened),
      openChroma(config, logger, opened),
    );
    const messaging = await openMessaging(config, logger, opened);
    const mail = openMail(config, logger, opened);
    const openSpace = createSpaceOpening(config, chroma.address);
    const vectorSpace = await openSpace(config.embedding);
    observation.watch(database, {
      database: async () => database.knex.raw('select 1'),
      cache: messaging.cacheAlive,
      vectors: () => vectorSpace.vectors.count(),
    });
    return {
      ...messaging,
      ...(await chooseModel(config, observation, logger)),
      observation,
      instanceId: config.redisUrl ? `${hostname()}:${randomUUID()}` : 'embedded',
      database,
      mailer: mail.mailer,
      vectorSpace,
      openVectorSpace: async ({ provider, model }) => {
        const { baseUrl } = config.embedding;
        if (provider === 'openai' && !baseUrl) return undefined;
        const space = await openSpace({ ...config.embedding, provider, model });
        return space.embeddings.model === model ? space : undefined;
      },
      description: {
        database: database.kind === 'embedded' ? '内置 PostgreSQL（PGlite）' : 'PostgreSQL',
        cache: config.redisUrl ? 'Redis' : '进程内',
        vectors: config.chromaUrl ? 'Chroma' : '内置 Chroma',
        model: config.deepseek ? `DeepSeek（${config.deepseek.model}）` : '离线导师（未配置模型）',
        mail: mail.description,
      },
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Only the database, for commands that need nothing else; its `close` lets go of all that was taken. */
export async function openDatabaseAlone(config: Config, logger: Logger): Promise<Database> {
  await prepareDataDir(config.dataDir);
  const opened: Closing[] = [];
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each();
  };
  try {
    return { ...(await openDatabase(config, logger, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for both even if one fails, so that what the other opened is known and can be closed. */
async function inParallel<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    makeFolder(dataDir);
    await access(dataDir, constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`DATA_DIR: ${dataDir} cannot be written (${reason})`, { cause });
  }
}

async function openDatabase(config: Config, logger: Logger, opened: Closing[]): Promise<Database> {
  if (config.databaseUrl) {
    const { databaseUrl: url, databaseReplicaUrl: replicaUrl } = config;
    const database = await openPostgres({ url, replicaUrl, logger });
    opened.push(() => database.close());
    return database;
  }
  const directory = path.join(config.dataDir, 'database');
  const lock = await lockDataFolder(directory);
  opened.push(() => lock.release());
  const database = await openEmbeddedDatabase({ directory });
  opened.push(() => database.close());
  return database;
}

function openMail(config: Config, logger: Logger, opened: Closing[]) {
  const mail = createMailer(config);
  opened.push(() => mail.mailer.close());
  if (config.production && !config.mail.smtpUrl) {
    logger.warn('SMTP_URL is not set: mails are kept as files and reach nobody');
  }
  return mail;
}

async function openChroma(
  config: Config,
  logger: Logger,
  opened: Closing[],
): Promise<{ address: () => ChromaAddress | undefined }> {
  if (config.chromaUrl) {
    const { protocol, hostname: host, port } = new URL(config.chromaUrl);
    const ssl = protocol === 'https:';
    const address = { host, ssl, port: port ? Number(port) : ssl ? 443 : 80 };
    return { address: () => address };
  }
  const server = await startChromaServer({ dataDir: path.join(config.dataDir, 'chroma'), logger });
  opened.push(() => server.close());
  return { address: () => server.address() };
}

async function openMessaging(config: Config, logger: Logger, opened: Closing[]) {
  const parts = config.redisUrl
    ? await openRedis(config.redisUrl, `{${config.redisPrefix}}`, logger, opened)
    : {
        queue: createEmbeddedJobQueue({ logger }),
        longQueue: createEmbeddedJobQueue({ logger }),
        openQueueDashboard: undefined,
        cache: createMemoryCache(),
        nearCache: undefined,
        counters: createMemoryCounters(),
        bus: createMemoryMessageBus({ logger }),
        lock: createMemoryLock(),
        eventStore: createMemoryEventStore(),
        histories: createMemoryChatHistories(),
        rateCounters: undefined,
        cacheAlive: async () => true,
      };
  const { queue, longQueue, cache, counters, bus, lock, eventStore } = parts;
  for (const part of [eventStore, lock, bus, counters, cache, queue, longQueue])
    opened.push(() => part.close());
  return parts;
}

/** The braces keep all keys of the service on one node of a cluster, as Bull needs. */
async function openRedis(url: string, prefix: string, logger: Logger, opened: Closing[]) {
  const connections = createRedisConnections({ url, logger });
  opened.push(() => connections.close());
  if (!(await connections.ready(REDIS_FIRST_CONTACT_MS))) {
    logger.warn('Redis (REDIS_URL) does not answer yet; going on without until it does');
  }
  const given = { client: connections.commands, connections, prefix, logger };
  const queue = createBullJobQueue({ ...given, name: 'jobs' });
  const longQueue = createBullJobQueue({ ...given, name: 'long-jobs' });
  return {
    ...{ queue, longQueue },
    // Only who serves HTTP loads it.
    openQueueDashboard: async (basePath: string) => {
      const { createBullDashboard } = await import('./queue/bull-dashboard.ts');
      return createBullDashboard([queue, longQueue], basePath);
    },
    cache: createRedisCache(given),
    nearCache: createMemoryCache(),
    counters: createRedisCounters(given),
    bus: createRedisMessageBus(given),
    lock: createRedisLock(given),
    eventStore: createRedisEventStore(given),
    histories: createRedisChatHistories(given),
    rateCounters: { redis: connections.commands, prefix },
    cacheAlive: () => connections.ready(500),
  };
}

type Embedding = Config['embedding'];

/** Two processes with a Chroma each must not take each other's vectors for their own. */
function createSpaceOpening(config: Config, address: () => ChromaAddress | undefined) {
  const place = config.chromaUrl ? 'shared' : `${hostname()}:${config.dataDir}`;
  return async (embedding: Embedding): Promise<VectorSpace> => {
    const embeddings = await createPassageEmbeddings(embeddingSettings(embedding));
    const { model, dimension } = embeddings;
    const vectors = createPassageVectors({ address, model, dimension });
    const name = config.chromaUrl ? vectors.collection : `${vectors.collection}@${place}`;
    return { name, place, provider: embedding.provider, embeddings, vectors };
  };
}

function embeddingSettings({
  provider,
  baseUrl,
  apiKey,
  model,
}: Embedding): PassageEmbeddingsSettings {
  if (provider === 'local' || !baseUrl || !model) return { kind: 'local', fold: foldText };
  return { kind: 'openai', baseUrl, apiKey: apiKey ?? '', model };
}

async function chooseModel(
  { deepseek }: Config,
  { watchModelCall: watch }: Observation,
  logger: Logger,
): Promise<Pick<Platform, 'model' | 'models' | 'countTokens'>> {
  if (!deepseek) {
    const model = createOfflineTutor({ fold: foldText });
    return { model, models: deepSeekModels, countTokens: estimateTokens };
  }
  const models = [...new Set([deepseek.model, ...deepSeekModels])];
  // A fifth of all modules: only who has a model waits for them.
  const { createDeepSeekModel } = await import('../../ai/providers/deepseek.ts');
  const model = createDeepSeekModel({ ...deepseek, watch, logger });
  return { model, models, countTokens: await loadDeepSeekTokenizer() };
}
