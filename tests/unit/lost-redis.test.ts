import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { toExpectedError } from '../../backend/http/failure.ts';

/** Nothing listens there: every connection is refused at once. */
const NOWHERE = { host: '127.0.0.1', port: 1 };

async function failureOf(client: Redis | Cluster): Promise<unknown> {
  client.on('error', () => undefined);
  try {
    return await client.publish('channel', 'message').then(
      () => 'published',
      (error: unknown) => error,
    );
  } finally {
    client.disconnect();
  }
}

const single = (options: RedisOptions) => () => new Redis({ ...NOWHERE, ...options });

describe('Redis away', () => {
  test.each([
    ['after the last attempt', single({ maxRetriesPerRequest: 1 })],
    [
      'when the command takes too long',
      single({ commandTimeout: 20, retryStrategy: () => 1_000, maxRetriesPerRequest: null }),
    ],
    ['without a queue', single({ enableOfflineQueue: false })],
    ['as a cluster', () => new Cluster([NOWHERE], { enableOfflineQueue: false })],
    [
      'behind sentinels',
      () => new Redis({ sentinels: [NOWHERE], name: 'main', sentinelRetryStrategy: () => null }),
    ],
  ])('is said as 503, to be tried again: %s', async (_name, open) => {
    const expected = toExpectedError(await failureOf(open()));
    expect(expected).toMatchObject({ status: 503, slug: 'unavailable' });
    expect(expected?.retryAfterSeconds).toBeGreaterThan(0);
  });

  test('a fault of ours stays one', () => {
    expect(toExpectedError(new Error('WRONGTYPE Operation against a key'))).toBeUndefined();
  });
});
