import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../logger.ts';
import { parseRedisUrl, type RedisAddress } from './redis-url.ts';

export type RedisClient = Redis | Cluster;

/**
 * - `commands`: short commands that reject within two seconds when the server is away, so that the
 *   caller can degrade; a blip shorter than that goes unnoticed;
 * - `subscriber`: waits for the server for ever, does not resubscribe by itself (its owner does);
 * - `bull`: as Bull demands, commands wait for the server for ever.
 */
export type RedisPurpose = 'commands' | 'subscriber' | 'bull';

export interface RedisConnections {
  /** One shared client for everybody's short commands; closed by `close`, never by its users. */
  readonly commands: RedisClient;
  /** A client of the caller's own, which the caller closes with `closeRedisClient`. */
  open(purpose: RedisPurpose): RedisClient;
  /** Whether the shared client got through to the server within that time. */
  ready(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 2_000;
const LONGEST_RETRY_DELAY_MS = 2_000;
const QUIT_TIMEOUT_MS = 1_000;

/** Never gives up; the jitter keeps a fleet from knocking at the same instant. */
function retryDelay(times: number): number {
  const delay = Math.min(50 * 2 ** Math.min(times - 1, 10), LONGEST_RETRY_DELAY_MS);
  return Math.round(delay * (0.75 + Math.random() / 4));
}

const PURPOSES = {
  commands: { commandTimeout: COMMAND_TIMEOUT_MS, maxRetriesPerRequest: 1 },
  subscriber: { maxRetriesPerRequest: null, autoResubscribe: false },
  bull: { maxRetriesPerRequest: null, enableReadyCheck: false, blockingTimeoutGrace: 2_000 },
} satisfies Record<RedisPurpose, RedisOptions>;

function optionsFor(purpose: RedisPurpose): RedisOptions {
  return {
    connectTimeout: 5_000,
    disconnectTimeout: 500,
    keepAlive: 10_000,
    retryStrategy: retryDelay,
    // A replica that a failover has just demoted answers READONLY: look for the new primary.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
    ...PURPOSES[purpose],
  };
}

function createCluster(
  address: Extract<RedisAddress, { kind: 'cluster' }>,
  purpose: RedisPurpose,
): Cluster {
  const { retryStrategy: _ours, ...redisOptions } = optionsFor(purpose);
  const options: ClusterOptions = {
    clusterRetryStrategy: retryDelay,
    // While no node is known, queued commands would not be under `commandTimeout`.
    enableOfflineQueue: purpose !== 'commands',
    slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
    redisOptions: { ...redisOptions, ...address.credentials },
  };
  return new Cluster(address.nodes, options);
}

function createClient(address: RedisAddress, purpose: RedisPurpose): RedisClient {
  const options = optionsFor(purpose);
  if (address.kind === 'single') return new Redis(address.url, options);
  if (address.kind === 'cluster') return createCluster(address, purpose);
  const { credentials } = address;
  return new Redis({
    ...options,
    ...credentials,
    sentinels: address.nodes,
    name: address.masterName,
    sentinelRetryStrategy: retryDelay,
    ...(credentials.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    ...(address.sentinelPassword ? { sentinelPassword: address.sentinelPassword } : {}),
  });
}

/** One line when the first connection is lost and one when the last of them is back. */
function createOutageLog(logger: Logger): (client: RedisClient) => void {
  const lost = new Set<RedisClient>();
  return (client) => {
    let lastError: unknown;
    client.on('error', (error: unknown) => {
      lastError = error;
    });
    client.on('reconnecting', () => {
      if (lost.size === 0) logger.warn({ err: lastError }, 'Redis connection lost');
      lost.add(client);
    });
    client.on('ready', () => {
      if (lost.delete(client) && lost.size === 0) logger.info('Redis connection is back');
    });
    client.on('end', () => lost.delete(client));
  };
}

function becomesReady(client: RedisClient, timeoutMs: number): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (ready: boolean) => {
      clearTimeout(timer);
      client.off('ready', succeed);
      resolve(ready);
    };
    const succeed = () => settle(true);
    const timer = setTimeout(settle, timeoutMs, false);
    client.once('ready', succeed);
  });
}

function hasEnded(client: RedisClient): boolean {
  return client.status === 'end';
}

function endOf(client: RedisClient): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, QUIT_TIMEOUT_MS);
    client.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Cuts the connection for good; commands that still wait for it reject. */
export function dropRedisClient(client: RedisClient): void {
  const isBetweenAttempts = client.status === 'reconnecting';
  client.disconnect();
  if (isBetweenAttempts && client instanceof Redis) {
    // There is no connection whose end would reject what is queued: begin one and drop it.
    client.connect().catch(() => undefined);
    client.disconnect();
  }
}

/** Lets commands under way finish; cuts the connection if the server does not answer in time. */
export async function closeRedisClient(client: RedisClient): Promise<void> {
  if (client.status === 'ready') {
    const timer = setTimeout(() => client.disconnect(), QUIT_TIMEOUT_MS);
    await client.quit().catch(() => undefined);
    clearTimeout(timer);
  }
  if (hasEnded(client)) return;
  const ended = endOf(client);
  dropRedisClient(client);
  await ended;
}

/**
 * Clients of the server that `REDIS_URL` names: `redis://` and `rediss://`, Sentinel
 * (`redis+sentinel://host:port,host:port/masterName`) and Cluster (`redis+cluster://host:port,…`).
 */
export function createRedisConnections(given: { url: string; logger: Logger }): RedisConnections {
  const address = parseRedisUrl(given.url);
  const watchOutage = createOutageLog(given.logger);
  const open = (purpose: RedisPurpose): RedisClient => {
    const client = createClient(address, purpose);
    watchOutage(client);
    return client;
  };
  const commands = open('commands');
  return {
    commands,
    open,
    ready: (timeoutMs) => becomesReady(commands, timeoutMs),
    close: () => closeRedisClient(commands),
  };
}
