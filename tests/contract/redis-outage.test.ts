import { createRedisMessageBus } from '../../backend/platform/bus/redis-message-bus.ts';
import { createRedisCache } from '../../backend/platform/cache/redis-cache.ts';
import { createRedisLock } from '../../backend/platform/lock/redis-lock.ts';
import { createBullJobQueue } from '../../backend/platform/queue/bull-job-queue.ts';
import { createRedisConnections } from '../../backend/platform/redis-connection.ts';
import { createEventLog } from '../../backend/realtime/event-log.ts';
import type { AnswerEvent } from '../../backend/realtime/event-store.ts';
import { createRedisEventStore } from '../../backend/realtime/redis-event-store.ts';
import { aWhile, eventually } from '../support/eventually.ts';
import {
  type CuttableRedis,
  connectThroughProxy,
  silentLogger as logger,
  openRedisSpace,
  type RedisSpace,
} from '../support/redis-space.ts';
import { describeWithPlainRedis } from '../support/services.ts';
import { closedPort } from '../support/tcp-proxy.ts';

const event: AnswerEvent = { id: 1, name: 'delta', data: '學' };
const never = new AbortController().signal;

describe('with no Redis at all', () => {
  it('nothing hangs: the cache misses, the rest rejects', async () => {
    const url = `redis://127.0.0.1:${await closedPort()}`;
    const connections = createRedisConnections({ url, logger });
    const prefix = '{nowhere}';
    const client = connections.commands;
    const cache = createRedisCache({ client, prefix, logger });
    const bus = createRedisMessageBus({ connections, prefix, logger });
    const queue = createBullJobQueue({ connections, name: 'jobs', prefix, logger });
    const store = createRedisEventStore({ client, prefix });
    const log = createEventLog({ store, bus, logger });
    const startedAt = Date.now();

    expect(await connections.ready(50)).toBe(false);
    await cache.set('key', 1, 60);
    expect(await cache.get('key')).toBeUndefined();
    expect(Date.now() - startedAt).toBeLessThan(500);
    await queue.consume(async () => undefined, { concurrency: 1 });
    const listener = log.follow('answer', 0, never)[Symbol.asyncIterator]();
    const lock = createRedisLock({ client, prefix, logger });
    const outcomes = await Promise.allSettled([
      bus.publish('news', 1),
      bus.subscribe('news', () => undefined),
      store.append('answer', event),
      store.read('answer', 0, 1),
      lock.tryWithLock('a', 1_000, async () => 'must not run'),
      queue.push('job'),
      queue.counts(),
      listener.next(),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
    expect(outcomes.at(-1)).toMatchObject({ reason: { status: 503, slug: 'unavailable' } });
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await Promise.all([queue.close(), bus.close()]);
    await connections.close();
  }, 15_000);
});

describeWithPlainRedis('when the connection to Redis is cut', () => {
  let space: RedisSpace;
  let far: CuttableRedis;
  beforeEach(async () => {
    space = await openRedisSpace();
    far = await connectThroughProxy(space);
  });
  afterEach(async () => {
    await far.proxy.close();
    await space.dispose();
  });

  it('the cache misses at once, says so once, and works again afterwards', async () => {
    const warnings: unknown[] = [];
    const watched = Object.assign(Object.create(logger), {
      warn: (...line: unknown[]) => warnings.push(line),
    });
    const client = far.connections.commands;
    const cache = createRedisCache({ client, prefix: space.prefix, logger: watched });
    await cache.set('key', 'value', 60);
    await far.proxy.cut();
    for (let times = 0; times < 5; times += 1) expect(await cache.get('key')).toBeUndefined();
    expect(warnings).toHaveLength(1);
    await far.proxy.restore();
    await eventually('it is back', async () => (await cache.get('key')) === 'value');
  });

  it('publishing rejects, and subscribers hear again what is said afterwards', async () => {
    const { prefix } = space;
    const bus = createRedisMessageBus({ connections: far.connections, prefix, logger });
    const speaker = createRedisMessageBus({ connections: space.connections, prefix, logger });
    const heard = new Set<unknown>();
    await bus.subscribe('news', (message) => heard.add(message));
    for (const round of ['first', 'second']) {
      await far.proxy.cut();
      await expect(bus.publish('news', 'lost')).rejects.toThrow();
      await far.proxy.restore();
      await eventually(`heard again after the ${round} cut`, async () => {
        await speaker.publish('news', round);
        return heard.has(round);
      });
    }
    expect(heard.has('lost')).toBe(false);
    await Promise.all([bus.close(), speaker.close()]);
  });

  it('a blink goes unnoticed by writer and listener', async () => {
    const { prefix } = space;
    const openLog = (from: RedisSpace['connections']) => {
      const bus = createRedisMessageBus({ connections: from, prefix, logger });
      const store = createRedisEventStore({ client: from.commands, prefix });
      return { bus, log: createEventLog({ store, bus, logger, pollMs: 100 }) };
    };
    const near = openLog(space.connections);
    const distant = openLog(far.connections);
    const texts: string[] = [];
    const listening = (async () => {
      for await (const { name, data } of near.log.follow('answer', 0, never)) {
        if (name === 'delta') texts.push(String(data));
      }
    })();
    const writer = distant.log.openWriter('answer');
    for (let index = 0; index < 60; index += 1) {
      if (index % 20 === 10) {
        void far.proxy.cut().then(() => far.proxy.restore());
      }
      await writer.append('delta', index);
    }
    await writer.append('done', null);
    await listening;
    expect(texts).toEqual(Array.from({ length: 60 }, (_, index) => String(index)));
    await Promise.all([near.bus.close(), distant.bus.close()]);
  });

  it('a listener is told 503 when the cut lasts, a writer catches up', async () => {
    const { prefix } = space;
    const bus = createRedisMessageBus({ connections: far.connections, prefix, logger });
    const store = createRedisEventStore({ client: far.connections.commands, prefix });
    const log = createEventLog({ store, bus, logger, pollMs: 100 });
    const writer = log.openWriter('answer');
    await writer.append('delta', '學');
    const listener = log.follow('answer', 0, never)[Symbol.asyncIterator]();
    await listener.next();
    const told = listener.next();
    await far.proxy.cut();
    await expect(writer.append('delta', '而')).rejects.toThrow();
    await expect(writer.append('done', null)).rejects.toThrow();
    await expect(told).rejects.toMatchObject({ status: 503, slug: 'unavailable' });
    await far.proxy.restore();
    await eventually('all is stored', async () => (await store.read('answer', 0, 9)).length === 3);
    await bus.close();
  }, 15_000);

  it('the work under a lock is told that it was lost', async () => {
    const { prefix } = space;
    const lock = createRedisLock({ client: far.connections.commands, prefix, logger });
    const other = createRedisLock({ client: space.connections.commands, prefix, logger });
    const result = await lock.tryWithLock('a', 400, async (lost) => {
      await far.proxy.cut();
      await eventually('it is told', () => lost.aborted, 1_000);
      await eventually('somebody else may begin', async () =>
        Boolean(await other.tryWithLock('a', 400, async () => true)),
      );
      return 'stopped writing';
    });
    expect(result).toEqual({ result: 'stopped writing' });
  }, 10_000);

  it('a lock survives a cut shorter than its time to live', async () => {
    const { prefix } = space;
    const lock = createRedisLock({ client: far.connections.commands, prefix, logger });
    const other = createRedisLock({ client: space.connections.commands, prefix, logger });
    const kept = await lock.tryWithLock('a', 900, async (lost) => {
      await far.proxy.cut();
      await aWhile(200);
      await far.proxy.restore();
      await aWhile(1_200);
      const intruder = await other.tryWithLock('a', 900, async () => true);
      return !lost.aborted && intruder === undefined;
    });
    expect(kept).toEqual({ result: true });
  });
});
