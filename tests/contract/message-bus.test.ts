import { createMemoryMessageBus } from '../../backend/platform/bus/memory-message-bus.ts';
import { createRedisMessageBus } from '../../backend/platform/bus/redis-message-bus.ts';
import { silentLogger as logger, openRedisSpace } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { describeMessageBusContract } from './message-bus-contract.ts';

describeMessageBusContract('memory', async () => {
  const bus = createMemoryMessageBus({ logger });
  return { bus, other: bus, dispose: () => bus.close() };
});

describeWith('redis', 'on Redis', () => {
  describeMessageBusContract('Redis', async () => {
    const space = await openRedisSpace();
    const { prefix } = space;
    const bus = createRedisMessageBus({ connections: space.connections, prefix, logger });
    const other = createRedisMessageBus({ connections: await space.connect(), prefix, logger });
    return {
      bus,
      other,
      async dispose() {
        await Promise.all([bus.close(), other.close()]);
        await space.dispose();
      },
    };
  });
});
