import { createMemoryEventStore } from '../../backend/realtime/memory-event-store.ts';
import { createRedisEventStore } from '../../backend/realtime/redis-event-store.ts';
import { openRedisSpace } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { describeEventStoreContract } from './event-store-contract.ts';

describeEventStoreContract('memory', async (options) => {
  const store = createMemoryEventStore(options);
  return { store, dispose: () => store.close() };
});

describe('memory event store', () => {
  it('drops the answer that has been quiet for longest when it is full', async () => {
    const store = createMemoryEventStore({ maxAnswers: 2 });
    await store.append('a', { id: 1, name: 'meta', data: null });
    await store.append('b', { id: 1, name: 'meta', data: null });
    await store.append('a', { id: 2, name: 'done', data: null });
    await store.append('c', { id: 1, name: 'meta', data: null });
    const held = await Promise.all(['a', 'b', 'c'].map((id) => store.read(id, 0, 10)));
    expect(held.map((events) => events.length)).toEqual([2, 0, 1]);
  });
});

describeWith('redis', 'on Redis', () => {
  describeEventStoreContract('Redis', async (options) => {
    const space = await openRedisSpace();
    const { prefix } = space;
    const client = space.connections.commands;
    const store = createRedisEventStore({ client, prefix, ...options });
    return { store, dispose: space.dispose };
  });
});
