import type { Logger } from '../logger.ts';
import type { RedisClient } from './redis-connection.ts';

/**
 * For what can be done without: a command that fails is `undefined`, and while the server is away none
 * is even tried, so that its absence costs nobody time. `away` is logged once for each outage.
 */
export function createAttemptOnRedis(client: RedisClient, logger: Logger, away: string) {
  let warned = false;
  return async <Result>(command: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      if (client.status !== 'ready') throw new Error(`Redis client is ${client.status}`);
      const result = await command();
      warned = false;
      return result;
    } catch (error) {
      if (!warned) logger.warn({ err: error }, away);
      warned = true;
      return undefined;
    }
  };
}
