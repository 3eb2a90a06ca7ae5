import { randomUUID } from 'node:crypto';
import type { Logger } from '../../logger.ts';
import { createAttemptOnRedis } from '../attempt-on-redis.ts';
import type { RedisClient } from '../redis-connection.ts';
import { type Cache, LEASE_SECONDS } from './cache.ts';

/** What a lease begins with; no JSON does. */
const LEASE = 'lease ';

const LOOK_UP = `
local kept = redis.call('GET', KEYS[1])
if not kept then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return kept`;

const FILL = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`;

/**
 * Entries of all processes in Redis. While the server is away nothing is even tried, so a cache
 * that is down costs its callers no time. The client is shared and stays open.
 */
export function createRedisCache(given: {
  client: RedisClient;
  prefix: string;
  logger: Logger;
}): Cache {
  const { client } = given;
  const keyOf = (key: string) => `${given.prefix}:cache:${key}`;
  const attempt = createAttemptOnRedis(client, given.logger, 'cache is away, going on without it');

  return {
    async get(key) {
      const json = await attempt(() => client.get(keyOf(key)));
      return typeof json === 'string' ? parse(json) : undefined;
    },
    async set(key, value, ttlSeconds) {
      const json = jsonOf(value, ttlSeconds);
      await attempt(async () => {
        if (json === '') await client.del(keyOf(key));
        else await client.set(keyOf(key), json, 'PX', millisecondsOf(ttlSeconds));
      });
    },
    async delete(key) {
      await attempt(() => client.del(keyOf(key)));
    },
    async lookUp(key) {
      const lease = `${LEASE}${randomUUID()}`;
      const milliseconds = millisecondsOf(LEASE_SECONDS);
      const kept = await attempt(() => client.eval(LOOK_UP, 1, keyOf(key), lease, milliseconds));
      // An attempt that failed is `undefined`, a key that was not there `null`.
      if (typeof kept !== 'string')
        return { found: false, lease: kept === null ? lease : undefined };
      if (kept.startsWith(LEASE)) return { found: false, lease: undefined };
      const value = parse(kept);
      if (value === undefined) return { found: false, lease: undefined };
      return { found: true, value, from: 'server' };
    },
    async fill(key, lease, value, ttlSeconds) {
      const json = jsonOf(value, ttlSeconds);
      const milliseconds = millisecondsOf(ttlSeconds);
      const done = await attempt(() => client.eval(FILL, 1, keyOf(key), lease, json, milliseconds));
      return done === 1;
    },
    async close() {},
  };
}

/** Empty for what is not to be kept. */
function jsonOf(value: unknown, ttlSeconds: number): string {
  const json: string | undefined = JSON.stringify(value);
  return ttlSeconds > 0 ? (json ?? '') : '';
}

function millisecondsOf(seconds: number): number {
  return Math.max(1, Math.floor(seconds * 1000));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
