import { z } from 'zod';
import { createMemoryMessageBus } from '../../backend/platform/bus/memory-message-bus.ts';
import type { MessageBus } from '../../backend/platform/bus/message-bus.ts';
import { createRedisMessageBus } from '../../backend/platform/bus/redis-message-bus.ts';
import type { Cache } from '../../backend/platform/cache/cache.ts';
import { createMemoryCache } from '../../backend/platform/cache/memory-cache.ts';
import {
  type Cached,
  type LookupOutcome,
  openReadCache,
} from '../../backend/platform/cache/read-cache.ts';
import { createRedisCache } from '../../backend/platform/cache/redis-cache.ts';
import type { RedisConnections } from '../../backend/platform/redis-connection.ts';
import { aWhile, eventually, gate } from '../support/eventually.ts';
import {
  connectThroughProxy,
  openRedisSpace,
  type RedisSpace,
  silentLogger,
} from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';

const NEAR_SECONDS = 30;

/** A process of the service, as far as it keeps the value of one row. */
interface Reader {
  cached: Cached<number>;
  outcomes: LookupOutcome[];
  close(): Promise<void>;
}

async function openReader(
  { far, near, bus }: { far: Cache; near: Cache | undefined; bus: MessageBus },
  nearSeconds = NEAR_SECONDS,
): Promise<Reader> {
  const outcomes: LookupOutcome[] = [];
  const readCache = await openReadCache({
    ...{ far, near, bus, logger: silentLogger },
    onLookup: (_name, outcome) => void outcomes.push(outcome),
  });
  const cached = readCache.keep({ name: 'row', schema: z.int(), seconds: 60, nearSeconds });
  return { cached, outcomes, close: readCache.close };
}

/** A reading of the row that has happened and whose result is still on its way. */
function slowReading(row: { value: number }) {
  const [begun, arrival] = [gate(), gate()];
  const source = async () => {
    const { value } = row;
    begun.open();
    await arrival.opened;
    return value;
  };
  return { source, begun: begun.opened, arrive: arrival.open };
}

const neverAsked = async (): Promise<number> => {
  throw new Error('the source was asked');
};

type Fleet = () => Promise<{ readers: [Reader, Reader]; dispose(): Promise<void> }>;

function describeReadCache(name: string, openFleet: Fleet): void {
  describe(`what is read through a cache ${name}`, () => {
    const row = { value: 1 };
    const current = async () => row.value;
    let fleet: Awaited<ReturnType<Fleet>>;
    let [one, other]: [Reader, Reader] = [] as never;
    beforeEach(async () => {
      row.value = 1;
      fleet = await openFleet();
      [one, other] = fleet.readers;
    });
    afterEach(() => fleet.dispose());

    async function write(by: Reader, value: number): Promise<void> {
      row.value = value;
      await by.cached.forget('a');
    }

    it('is read from the source once, however many ask at the same moment', async () => {
      let readings = 0;
      const source = async () => {
        readings += 1;
        await aWhile(20);
        return row.value;
      };
      const asked = Array.from({ length: 10 }, () => one.cached.read('a', source));
      expect(await Promise.all(asked)).toEqual(Array(10).fill(1));
      expect(await one.cached.read('a', source)).toBe(1);
      expect(readings).toBe(1);
      expect(one.outcomes.slice(0, 10).sort()).toEqual([...Array(9).fill('joined'), 'source']);
    });

    it('is there for the other process too', async () => {
      await one.cached.read('a', current);
      expect(await other.cached.read('a', neverAsked)).toBe(1);
    });

    it('is new to the writer at once, and to the others when they have heard', async () => {
      await one.cached.read('a', current);
      await other.cached.read('a', current);
      await write(one, 2);
      expect(await one.cached.read('a', current)).toBe(2);
      await eventually(
        'the other heard',
        async () => (await other.cached.read('a', current)) === 2,
      );
    });

    it('does not stay old when it was read before a write and arrives after', async () => {
      for (const [reader, writer] of [
        [one, one],
        [one, other],
      ] as const) {
        row.value = 1;
        await one.cached.forget('a');
        const slow = slowReading(row);
        const reading = reader.cached.read('a', slow.source);
        await slow.begun;
        await write(writer, 2);
        // Whoever comes after the write does not wait for what was read before it.
        if (reader === writer) expect(await reader.cached.read('a', current)).toBe(2);
        slow.arrive();
        expect(await reading).toBe(1);
        await eventually('all is new', async () => (await reader.cached.read('a', current)) === 2);
        expect(await one.cached.read('a', neverAsked)).toBe(2);
        expect(await other.cached.read('a', current)).toBe(2);
      }
    });

    it('is not kept when whoever reads it says so, or fails to', async () => {
      await one.cached.read('a', async (doNotKeep) => {
        doNotKeep();
        return 1;
      });
      const failing = one.cached.read('a', async () => {
        throw new Error('no source');
      });
      await expect(failing).rejects.toThrow('no source');
      row.value = 2;
      expect(await one.cached.read('a', current)).toBe(2);
      expect(await other.cached.read('a', neverAsked)).toBe(2);
    });

    it('is never older than what its reader wrote, with everybody at it at once', async () => {
      let latest = 0;
      const life = async (reader: Reader, writes: boolean) => {
        for (let turn = 0; turn < 40; turn += 1) {
          const mine = writes && turn % 4 === 0 ? ++latest : 0;
          if (mine) await write(reader, Math.max(row.value, mine));
          // Time for what was read before to arrive.
          if (mine) await aWhile(Math.random() * 5);
          const seen = await reader.cached.read('a', async () => {
            const { value } = row;
            await aWhile(Math.random() * 5);
            return value;
          });
          expect(seen).toBeGreaterThanOrEqual(mine);
        }
      };
      await Promise.all([one, other].flatMap((each) => [life(each, true), life(each, false)]));
      for (const each of [one, other]) {
        await eventually(
          'it is new',
          async () => (await each.cached.read('a', current)) === latest,
        );
      }
    });
  });
}

describeReadCache('in the process', async () => {
  const far = createMemoryCache();
  const reader = await openReader({
    ...{ far, near: undefined, bus: createMemoryMessageBus({ logger: silentLogger }) },
  });
  return { readers: [reader, reader], dispose: () => far.close() };
});

describeWith('redis', 'with Redis', () => {
  let space: RedisSpace;
  let opened: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    space = await openRedisSpace();
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
    opened = [];
    await space.dispose();
  });

  function processOn(connections: RedisConnections) {
    const given = { ...{ connections, client: connections.commands }, prefix: space.prefix };
    const bus = createRedisMessageBus({ ...given, logger: silentLogger });
    opened.push(bus);
    const far = createRedisCache({ ...given, logger: silentLogger });
    return { far, near: createMemoryCache(), bus };
  }

  describeReadCache('of two processes', async () => {
    const one = await openReader(processOn(space.connections));
    const other = await openReader(processOn(await space.connect()));
    return { readers: [one, other], dispose: async () => undefined };
  });

  it('stays old for a moment at most where the word of a change gets lost', async () => {
    const one = await openReader(processOn(space.connections));
    const deaf = createMemoryMessageBus({ logger: silentLogger });
    const other = await openReader({ ...processOn(await space.connect()), bus: deaf }, 2);
    const row = { value: 1 };
    await other.cached.read('a', async () => row.value);
    row.value = 2;
    await one.cached.forget('a');
    expect(await other.cached.read('a', async () => row.value)).toBe(1);
    const isNew = async () => (await other.cached.read('a', async () => row.value)) === 2;
    await eventually('the new value is read', isNew);
  });

  it('reads the source while Redis is away, and keeps nothing of that', async () => {
    const { connections, proxy } = await connectThroughProxy(space);
    const one = await openReader(processOn(connections));
    await proxy.cut();
    await eventually('the client has noticed', () => connections.commands.status !== 'ready');
    const row = { value: 1 };
    expect(await one.cached.read('a', async () => row.value)).toBe(1);
    row.value = 2;
    await one.cached.forget('a');
    expect(await one.cached.read('a', async () => row.value)).toBe(2);
    row.value = 3;
    expect(await one.cached.read('a', async () => row.value)).toBe(3);
    expect(one.outcomes).toEqual(['source', 'source', 'source']);
    await proxy.restore();
    expect(await connections.ready(4_000)).toBe(true);
    await one.cached.read('a', async () => row.value);
    expect(await one.cached.read('a', neverAsked)).toBe(3);
    await proxy.close();
  });

  it('does not take an entry that does not read as it should', async () => {
    const { far, near, bus } = processOn(space.connections);
    const one = await openReader({ far, near, bus });
    await far.set('row:a', 'of another version', 60);
    expect(await one.cached.read('a', async () => 1)).toBe(1);
  });
});
