import Bull from 'bull';
import type { Logger } from '../../logger.ts';
import { inTime } from '../in-time.ts';
import { isLostRedis } from '../lost-redis.ts';
import { dropRedisClient, type RedisClient, type RedisConnections } from '../redis-connection.ts';
import { type BullClients, createBullClients } from './bull-clients.ts';
import type { JobQueue } from './job-queue.ts';
import { createRunningHandlers, type RunningHandlers } from './running-handlers.ts';

type Delivery = { jobId: string; kind: string | undefined };

/** Bull on a delivery that came to another while its holder could not be heard; the row decides. */
const TAKEN_OVER = /^(?:Missing (?:lock|key) for job|Lock mismatch for job|Job \S+ is not in the)/;

const PUSH_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 3_000;

// The delivery of a worker that dies before it takes the job up comes again within 40 s; one that comes
// twice because its worker was blocked for long does no harm, since the row decides.
const SETTINGS = { lockDuration: 20_000, stalledInterval: 10_000, maxStalledCount: 3 };
/** For whoever looks at the queue; what there is to know of a job itself is in its row. */
const KEPT = {
  removeOnComplete: { age: 60 * 60, count: 1_000 },
  removeOnFail: { age: 7 * 24 * 60 * 60, count: 1_000 },
};

/*
 * An id that waits must not be pushed twice, but one that is being handled may: its handler could be
 * about to end without having seen what the pusher wants done. Bull's own `jobId` is held until the
 * handler ends, so ids are told apart by Bull's debounce key instead, which is set in the same
 * script that adds the delivery. This script lets go of it before the handler starts; it also makes
 * Bull forget that the delivery ever had one, or its end would free the key of the next delivery.
 */
const START_DELIVERY = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return redis.call('HDEL', KEYS[2], 'deid')`;

/** Bull's commands wait for the server for ever; a caller must not. */
function within<Result>(ms: number, work: Promise<Result>, what: string): Promise<Result> {
  return inTime(ms, work, () => {
    throw new Error(`${what} took longer than ${ms} ms`);
  });
}

export interface BullJobQueue extends JobQueue {
  /** For the dashboard. */
  bull: Bull.Queue<Delivery>;
}

interface BullQueue {
  bull: Bull.Queue<Delivery>;
  close(): Promise<unknown>;
}

interface BullDependencies {
  name: string;
  prefix: string;
  logger: Logger;
  clients: BullClients;
}

function openBullQueue({ clients, logger, name, prefix }: BullDependencies): BullQueue {
  const blocking: RedisClient[] = [];
  const bull = new Bull<Delivery>(name, {
    prefix,
    createClient: clients.createFor(blocking),
    settings: SETTINGS,
    defaultJobOptions: { attempts: 1, ...KEPT },
  });
  bull.on('error', (error) => {
    // The connection itself reports its outages, once; Bull's own may notice before it does.
    const lost = isLostRedis(error) || clients.commands().status !== 'ready';
    if (lost) logger.debug({ err: error }, 'Bull reports an outage');
    else if (TAKEN_OVER.test(error.message)) logger.warn({ err: error }, 'delivery was taken over');
    else logger.error({ err: error }, 'Bull reports an error');
  });
  return {
    bull,
    close() {
      const closed = bull.close();
      for (const client of blocking) {
        dropRedisClient(client);
        // Bull would open it anew while closing, and crash the process if it could not.
        client.connect = async () => undefined;
      }
      return closed;
    },
  };
}

async function startDelivery(
  bull: Bull.Queue<Delivery>,
  commands: RedisClient,
  job: Bull.Job<Delivery>,
): Promise<void> {
  const debounceKey = bull.toKey(`de:${job.data.jobId}`);
  const jobKey = bull.toKey(String(job.id));
  await commands.eval(START_DELIVERY, 2, debounceKey, jobKey, String(job.id));
}

/** Handlers may take as long as they need and may still push; Bull itself gets a few seconds. */
async function closeInOrder(
  given: BullDependencies,
  queues: { pusher: BullQueue; consumers: BullQueue[] },
  running: RunningHandlers,
): Promise<void> {
  const { clients, logger } = given;
  const consumersClosed = Promise.all(queues.consumers.map((consumer) => consumer.close()));
  await running.finished();
  try {
    await within(CLOSE_TIMEOUT_MS, consumersClosed, 'closing the consumers');
    await running.finished();
    await within(CLOSE_TIMEOUT_MS, queues.pusher.close(), 'closing the queue');
  } catch (error) {
    logger.warn({ err: error }, 'job queue cut off while closing');
  }
  // Rejects whatever still waits for the server, so that Bull can stop its timers.
  await clients.close();
  const all = Promise.all([consumersClosed, queues.pusher.close()]);
  await within(CLOSE_TIMEOUT_MS, all, 'ending Bull').catch((error: unknown) => {
    logger.warn({ err: error }, 'Bull did not end');
  });
}

/**
 * Bull on Redis. `prefix` should hold a hash tag (`{guoxue}`), so that on a Cluster all keys of the
 * queue lie together. `push` rejects when the server is away; it may be delivered nevertheless.
 */
export function createBullJobQueue(given: {
  connections: RedisConnections;
  name: string;
  prefix: string;
  logger: Logger;
}): BullJobQueue {
  const { connections, logger, name, prefix } = given;
  const dependencies = { clients: createBullClients(connections), logger, name, prefix };
  const commands = dependencies.clients.commands();
  const pusher = openBullQueue(dependencies);
  const consumers: BullQueue[] = [];
  const running = createRunningHandlers(logger);
  let closed: Promise<void> | undefined;

  function begin({ bull }: BullQueue, handler: Parameters<JobQueue['consume']>[0]) {
    if (closed) return;
    const processing = bull.process(async (job) => {
      await startDelivery(bull, commands, job);
      const outcome = await running.run(handler, job.data.jobId);
      // Kept as failed, with the reason; with one attempt Bull leaves it at that.
      if (outcome.failure) throw outcome.failure;
    });
    // Settles only when the consumer is closed.
    Promise.resolve(processing).catch((error: unknown) => {
      if (!closed) logger.error({ err: error }, 'job consumer ended');
    });
  }

  return {
    bull: pusher.bull,
    async push(jobId, options = {}) {
      const { delayMs = 0, kind } = options;
      const bullOptions = { delay: delayMs, debounce: { id: jobId } };
      const pushed = pusher.bull.add({ jobId, kind }, bullOptions);
      await within(PUSH_TIMEOUT_MS, pushed, 'pushing a job');
    },
    /*
     * A Bull queue for each handler that runs at a time: of several waits on one blocking connection
     * the server serves one after the other, and the client gives up those behind (ioredis:
     * blockingTimeoutGrace) although the server will still answer them. What it answers is lost then.
     */
    async consume(handler, options) {
      for (let each = 0; each < options.concurrency; each += 1) {
        const consumer = openBullQueue(dependencies);
        consumers.push(consumer);
        // Bull would leave a rejection unhandled if it were closed before it reached the server.
        if (commands.status === 'ready') begin(consumer, handler);
        else commands.once('ready', () => begin(consumer, handler));
      }
    },
    async counts() {
      const counts = await within(PUSH_TIMEOUT_MS, pusher.bull.getJobCounts(), 'counting jobs');
      return { waiting: counts.waiting, active: counts.active, delayed: counts.delayed };
    },
    close() {
      closed ??= closeInOrder(dependencies, { pusher, consumers }, running);
      return closed;
    },
  };
}
