import type { Logger } from '../../logger.ts';
import type { RedisClient } from '../redis-connection.ts';
import type { Cache } from './cache.ts';

/**
 * Entries of all processes in Redis. While the server is away nothing is even tried, so a cache
 * that is down costs its callers no time. The client is shared and stays open.
 */
export function createRedisCache(given: {
  client: RedisClient;
  prefix: string;
  logger: Logger;
}): Cache {
  const { client, logger } = given;
  const keyOf = (key: string) => `${given.prefix}:cache:${key}`;
  let warned = false;

  async function attempt<Result>(command: () => Promise<Result>): Promise<Result | undefined> {
    try {
      if (client.status !== 'ready') throw new Error(`Redis client is ${client.status}`);
      const result = await command();
      warned = false;
      return result;
    } catch (error) {
      if (!warned) logger.warn({ err: error }, 'cache is away, going on without it');
      warned = true;
      return undefined;
    }
  }

  return {
    async get(key) {
      const json = await attempt(() => client.get(keyOf(key)));
      if (typeof json !== 'string') return undefined;
      try {
        return JSON.parse(json);
      } catch {
        return undefined;
      }
    },
    async set(key, value, ttlSeconds) {
      const json: string | undefined = JSON.stringify(value);
      if (json === undefined || ttlSeconds <= 0) {
        await attempt(() => client.del(keyOf(key)));
        return;
      }
      const ttlMs = Math.max(1, Math.floor(ttlSeconds * 1000));
      await attempt(() => client.set(keyOf(key), json, 'PX', ttlMs));
    },
    async delete(key) {
      await attempt(() => client.del(keyOf(key)));
    },
    async close() {},
  };
}
