import type { EventStore } from '../../backend/realtime/event-store.ts';
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
  const held = async (store: EventStore, ...answers: string[]) => {
    const kept = await Promise.all(answers.map((id) => store.read(id, 0, 10)));
    return kept.map((events) => events.length);
  };

  it('drops the answer that has been over for longest when it is full', async () => {
    const store = createMemoryEventStore({ maxAnswers: 2 });
    await store.append('a', { id: 1, name: 'meta', data: null });
    await store.append('b', { id: 1, name: 'done', data: null });
    await store.append('a', { id: 2, name: 'done', data: null });
    await store.append('c', { id: 1, name: 'meta', data: null });
    expect(await held(store, 'a', 'b', 'c')).toEqual([2, 0, 1]);
  });

  it('drops none that is being written', async () => {
    const store = createMemoryEventStore({ maxAnswers: 2 });
    for (const answer of ['a', 'b', 'c', 'd']) {
      await store.append(answer, { id: 1, name: 'meta', data: null });
    }
    expect(await held(store, 'a', 'b', 'c', 'd')).toEqual([1, 1, 1, 1]);
    for (const answer of ['a', 'b', 'c', 'd']) {
      await store.append(answer, { id: 2, name: 'done', data: null });
    }
    expect(await held(store, 'a', 'b', 'c', 'd')).toEqual([0, 0, 2, 2]);
  });

  it('is bounded in bytes, whatever the answers are like', async () => {
    const store = createMemoryEventStore({ maxBytes: 30_000 });
    const text = '学'.repeat(5_000);
    for (let n = 1; n <= 6; n += 1) {
      await store.append(`answer ${n}`, { id: 1, name: 'done', data: text });
    }
    expect(await held(store, 'answer 4', 'answer 5', 'answer 6')).toEqual([0, 1, 1]);
    await store.append('huge', { id: 1, name: 'delta', data: text.repeat(10) });
    expect(await held(store, 'answer 5', 'answer 6', 'huge')).toEqual([0, 0, 1]);
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

  it('is trimmed, and forgets also what is being written for very long', async () => {
    const space = await openRedisSpace();
    const { prefix } = space;
    const client = space.connections.commands;
    const keepMs = 400;
    const store = createRedisEventStore({ client, prefix, keepMs, maxEvents: 200 });
    for (let id = 1; id <= 600; id += 1)
      await store.append('long', { id, name: 'delta', data: id });
    const key = `${prefix}:events:long`;
    expect(await client.xlen(key)).toBeLessThan(400);
    const ttl = await client.pttl(key);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(keepMs);
    await space.dispose();
  });
});
