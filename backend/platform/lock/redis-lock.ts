import { randomUUID } from 'node:crypto';
import type { Logger } from '../../logger.ts';
import type { RedisClient } from '../redis-connection.ts';
import type { Lock } from './lock.ts';

// SET NX PX, but the same token may ask twice: a command whose reply got lost is sent again.
const ACQUIRE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/**
 * Renews a third of the way into the time to live. The lock counts as lost when Redis says that it
 * is somebody else's, or when `ttlMs` has passed since the last renewal that succeeded was sent.
 */
function keepRenewed(
  renew: () => Promise<boolean>,
  times: { ttlMs: number; acquiredAt: number },
  loseIt: () => void,
): () => void {
  const { ttlMs } = times;
  let stopped = false;
  let validUntil = times.acquiredAt + ttlMs;
  let renewal: NodeJS.Timeout;
  let deadline: NodeJS.Timeout;

  const stop = () => {
    stopped = true;
    clearTimeout(renewal);
    clearTimeout(deadline);
  };
  const lose = () => {
    stop();
    loseIt();
  };
  const watch = () => {
    clearTimeout(deadline);
    deadline = setTimeout(lose, Math.max(0, validUntil - performance.now()));
  };
  const attempt = async () => {
    const sentAt = performance.now();
    const renewed = await renew().catch(() => undefined);
    if (stopped) return;
    if (renewed === false) return lose();
    if (renewed) {
      validUntil = sentAt + ttlMs;
      watch();
    }
    renewal = setTimeout(attempt, renewed ? ttlMs / 3 : ttlMs / 10);
  };
  renewal = setTimeout(attempt, ttlMs / 3);
  watch();
  return stop;
}

/**
 * A key with the holder's random token and a time to live. `tryWithLock` rejects when the server is
 * away. The client is shared and stays open.
 */
export function createRedisLock(given: {
  client: RedisClient;
  prefix: string;
  logger: Logger;
}): Lock {
  const { client, logger } = given;

  function release(key: string, token: string): Promise<void> {
    // If this fails the time to live will do it.
    return client.eval(RELEASE, 1, key, token).then(
      () => undefined,
      (error: unknown) => logger.warn({ err: error, key }, 'lock could not be released'),
    );
  }

  async function acquire(key: string, token: string, ttlMs: number): Promise<boolean> {
    try {
      return (await client.eval(ACQUIRE, 1, key, token, ttlMs)) === 1;
    } catch (error) {
      // Our question may still be on its way; this follows it and undoes it.
      void release(key, token);
      throw error;
    }
  }

  return {
    async tryWithLock(name, ttlMs, work) {
      const key = `${given.prefix}:lock:${name}`;
      const token = randomUUID();
      const acquiredAt = performance.now();
      if (!(await acquire(key, token, ttlMs))) return undefined;
      const lost = new AbortController();
      const renew = async () => (await client.eval(RENEW, 1, key, token, ttlMs)) === 1;
      const stop = keepRenewed(renew, { ttlMs, acquiredAt }, () => {
        logger.error({ key }, 'lock lost while its work was running');
        lost.abort(new Error(`lock ${name} was lost`));
      });
      try {
        return { result: await work(lost.signal) };
      } finally {
        stop();
        await release(key, token);
      }
    },
    async close() {},
  };
}
