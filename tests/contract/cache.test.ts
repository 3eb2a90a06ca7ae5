import { createMemoryCache } from '../../backend/platform/cache/memory-cache.ts';
import { createRedisCache } from '../../backend/platform/cache/redis-cache.ts';
import { openRedisSpace, silentLogger } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { describeCacheContract } from './cache-contract.ts';

describeCacheContract('memory', async () => {
  const cache = createMemoryCache();
  return { cache, dispose: () => cache.close() };
});

describe('memory cache', () => {
  it('drops the entry that was not used for longest when it is full', async () => {
    const cache = createMemoryCache({ maxEntries: 2 });
    await cache.set('a', 1, 60);
    await cache.set('b', 2, 60);
    await cache.get('a');
    await cache.set('c', 3, 60);
    expect(await Promise.all(['a', 'b', 'c'].map((key) => cache.get(key)))).toEqual([
      1,
      undefined,
      3,
    ]);
  });
});

describeWith('redis', 'on Redis', () => {
  describeCacheContract('Redis', async () => {
    const space = await openRedisSpace();
    const { prefix } = space;
    const client = space.connections.commands;
    const cache = createRedisCache({ client, prefix, logger: silentLogger });
    return { cache, dispose: space.dispose };
  });

  it('misses on an entry that is not JSON', async () => {
    const space = await openRedisSpace();
    const { prefix } = space;
    const client = space.connections.commands;
    const cache = createRedisCache({ client, prefix, logger: silentLogger });
    await client.set(`${prefix}:cache:broken`, '{"half":');
    expect(await cache.get('broken')).toBeUndefined();
    await space.dispose();
  });
});
