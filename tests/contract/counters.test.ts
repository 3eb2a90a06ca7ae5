import { createMemoryCounters } from '../../backend/platform/counters/memory-counters.ts';
import { createRedisCounters } from '../../backend/platform/counters/redis-counters.ts';
import { connectThroughProxy, openRedisSpace, silentLogger } from '../support/redis-space.ts';
import { describeWith, describeWithPlainRedis } from '../support/services.ts';
import { describeCountersContract } from './counters-contract.ts';

describeCountersContract('memory', async () => {
  const counters = createMemoryCounters();
  return { counters, dispose: () => counters.close() };
});

describeWith('redis', 'on Redis', () => {
  describeCountersContract('Redis', async () => {
    const space = await openRedisSpace();
    const { prefix } = space;
    const client = space.connections.commands;
    const counters = createRedisCounters({ client, prefix, logger: silentLogger });
    return { counters, dispose: space.dispose };
  });
});

describeWithPlainRedis('counters without their Redis', () => {
  it('say that nobody can tell, and that nothing was added', async () => {
    const space = await openRedisSpace();
    const { connections, proxy } = await connectThroughProxy(space);
    const { prefix } = space;
    const client = connections.commands;
    const counters = createRedisCounters({ client, prefix, logger: silentLogger });
    await proxy.close();
    expect(await counters.add('set', { n: 1 }, 60)).toBe(false);
    expect(await counters.read('set')).toBeUndefined();
    await space.dispose();
  });
});
