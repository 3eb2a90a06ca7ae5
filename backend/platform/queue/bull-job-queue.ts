import Bull from 'bull';
import type { Logger } from '../../logger.ts';
import { closeRedisClient, type RedisClient, type RedisConnections } from '../redis-connection.ts';
import type { JobQueue } from './job-queue.ts';

type Delivery = { jobId: string };
type Handler = (jobId: string) => Promise<void>;

const PUSH_TIMEOUT_MS = 3_000;
const CLOSE_TIMEOUT_MS = 3_000;

// A worker whose event loop is blocked for less than a minute keeps its delivery.
const SETTINGS = { lockDuration: 60_000, stalledInterval: 30_000, maxStalledCount: 3 };

/*
 * An id that waits must not be pushed twice, but one that is being handled may: its job could be
 * about to end without having seen what the pusher wants done. Bull's own `jobId` is held until the
 * handler ends, so ids are told apart by Bull's debounce key instead, which is set in the same
 * script that adds the delivery. This script lets go of it before the handler starts; it also makes
 * Bull forget that the delivery ever had one, or its end would free the key of the next delivery.
 */
const START_DELIVERY = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return redis.call('HDEL', KEYS[2], 'deid')`;

/** Bull's commands wait for the server for ever; a caller must not. */
async function within<Result>(ms: number, work: Promise<Result>, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Commands and subscriptions share two connections; every consumer blocks on one of its own. */
function createBullClients(connections: RedisConnections) {
  const shared = new Map<'client' | 'subscriber', RedisClient>();
  const all: RedisClient[] = [];
  const open = () => {
    const client = connections.open('bull');
    // Every Bull queue that shares it adds its listeners.
    client.setMaxListeners(0);
    all.push(client);
    return client;
  };
  const openShared = (type: 'client' | 'subscriber') => {
    const client = shared.get(type) ?? open();
    shared.set(type, client);
    return client;
  };
  return {
    commands: () => openShared('client'),
    /** For one Bull queue; collects the connection it blocks on in `blocking`. */
    createFor: (blocking: RedisClient[]) => (type: 'client' | 'subscriber' | 'bclient') => {
      if (type !== 'bclient') return openShared(type);
      const client = open();
      blocking.push(client);
      return client;
    },
    close: async () => {
      await Promise.all(all.map(closeRedisClient));
    },
  };
}

interface BullQueue {
  bull: Bull.Queue<Delivery>;
  close(): Promise<unknown>;
}

function openBullQueue(given: {
  prefix: string;
  logger: Logger;
  clients: ReturnType<typeof createBullClients>;
}): BullQueue {
  const { clients, logger, prefix } = given;
  const blocking: RedisClient[] = [];
  const bull = new Bull<Delivery>('jobs', {
    prefix,
    createClient: clients.createFor(blocking),
    settings: SETTINGS,
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
  bull.on('error', (error) => {
    // The connection itself reports its outages, once.
    const level = clients.commands().status === 'ready' ? 'error' : 'debug';
    logger[level]({ err: error }, 'Bull reports an error');
  });
  return {
    bull,
    close() {
      const closed = bull.close();
      for (const client of blocking) {
        // Bull would open it anew while closing, and crash the process if it could not.
        client.connect = async () => undefined;
        client.disconnect();
      }
      return closed;
    },
  };
}

/** The calls of a handler under way; what it throws is logged and goes no further. */
function createRunning(logger: Logger) {
  const running = new Set<Promise<void>>();
  return {
    async run(handler: Handler, jobId: string): Promise<void> {
      const call = (async () => handler(jobId))()
        .catch((error: unknown) => logger.error({ err: error, jobId }, 'job handler failed'))
        .finally(() => running.delete(call));
      running.add(call);
      await call;
    },
    async finished(): Promise<void> {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/**
 * Bull on Redis. `prefix` should hold a hash tag (`{guoxue}`), so that on a Cluster all keys of the
 * queue lie together. `push` rejects when the server is away; it may be delivered nevertheless.
 */
export function createBullJobQueue(given: {
  connections: RedisConnections;
  prefix: string;
  logger: Logger;
}): JobQueue {
  const { logger } = given;
  const clients = createBullClients(given.connections);
  const open = () => openBullQueue({ ...given, clients });
  const pusher = open();
  const consumers: BullQueue[] = [];
  const running = createRunning(logger);
  let closed: Promise<void> | undefined;

  async function startDelivery(job: Bull.Job<Delivery>): Promise<void> {
    const debounceKey = pusher.bull.toKey(`de:${job.data.jobId}`);
    const jobKey = pusher.bull.toKey(String(job.id));
    await clients.commands().eval(START_DELIVERY, 2, debounceKey, jobKey, String(job.id));
  }

  async function close(): Promise<void> {
    const closing = Promise.all(consumers.map((consumer) => consumer.close()));
    await running.finished();
    try {
      await within(CLOSE_TIMEOUT_MS, closing, 'closing the consumers');
      await running.finished();
      await within(CLOSE_TIMEOUT_MS, pusher.close(), 'closing the queue');
    } catch (error) {
      logger.warn({ err: error }, 'job queue cut off while closing');
    }
    await clients.close();
  }

  return {
    async push(jobId, options = {}) {
      const added = pusher.bull.add(
        { jobId },
        { delay: options.delayMs ?? 0, debounce: { id: jobId } },
      );
      await within(PUSH_TIMEOUT_MS, added, 'pushing a job');
    },
    async consume(handler, { concurrency }) {
      const consumer = open();
      consumers.push(consumer);
      const processing = consumer.bull.process(concurrency, async (job) => {
        await startDelivery(job);
        await running.run(handler, job.data.jobId);
      });
      // Settles only when the consumer is closed.
      Promise.resolve(processing).catch((error: unknown) => {
        if (!closed) logger.error({ err: error }, 'job consumer ended');
      });
    },
    async counts() {
      const counts = await within(PUSH_TIMEOUT_MS, pusher.bull.getJobCounts(), 'counting jobs');
      return { waiting: counts.waiting, active: counts.active, delayed: counts.delayed };
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
