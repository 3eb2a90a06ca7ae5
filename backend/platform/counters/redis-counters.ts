import type { Logger } from '../../logger.ts';
import { createAttemptOnRedis } from '../attempt-on-redis.ts';
import type { RedisClient } from '../redis-connection.ts';
import type { Counters } from './counters.ts';

/** The sums of all processes, each set a hash in Redis. The client is shared and stays open. */
export function createRedisCounters(given: {
  client: RedisClient;
  prefix: string;
  logger: Logger;
}): Counters {
  const { client, logger } = given;
  const keyOf = (set: string) => `${given.prefix}:counters:${set}`;
  const attempt = createAttemptOnRedis(client, logger, 'counters are away, going on without them');

  return {
    async add(set, amounts, ttlSeconds) {
      const transaction = client.multi();
      for (const [key, amount] of Object.entries(amounts)) {
        transaction.hincrby(keyOf(set), key, amount);
      }
      transaction.pexpire(keyOf(set), Math.max(1, Math.floor(ttlSeconds * 1000)));
      const done = await attempt(() => transaction.exec());
      return done?.every(([error]) => error === null) ?? false;
    },
    async read(set) {
      const sums = await attempt(() => client.hgetall(keyOf(set)));
      return (
        sums && Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, Number(sum)]))
      );
    },
    async close() {},
  };
}
