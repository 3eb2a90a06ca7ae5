import { AppError } from '../../backend/errors.ts';
import { createLogger } from '../../backend/logger.ts';
import { createMemoryMessageBus } from '../../backend/platform/bus/memory-message-bus.ts';
import type { MessageBus } from '../../backend/platform/bus/message-bus.ts';
import { createEventLog, type EventLog } from '../../backend/realtime/event-log.ts';
import type { AnswerEvent, EventStore } from '../../backend/realtime/event-store.ts';
import { createMemoryEventStore } from '../../backend/realtime/memory-event-store.ts';
import { aWhile, eventually } from '../support/eventually.ts';

const logger = createLogger('silent');
const never = new AbortController().signal;
const TEXT = [...'學而時習之不亦說乎有朋自遠方來不亦樂乎'];

function textOf(events: AnswerEvent[]): string {
  return events
    .filter(({ name }) => name === 'delta')
    .map(({ data }) => String(data))
    .join('');
}

async function all(events: AsyncIterable<AnswerEvent>): Promise<AnswerEvent[]> {
  const collected: AnswerEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

async function writeAll(log: EventLog, pauseMs = 0): Promise<void> {
  const writer = log.openWriter('answer');
  await writer.append('meta', { model: 'm' });
  for (const character of TEXT) {
    await writer.append('delta', character);
    if (pauseMs) await aWhile(pauseMs);
  }
  await writer.append('done', null);
}

describe('the event log of an answer', () => {
  let store: EventStore;
  let bus: MessageBus;
  let log: EventLog;
  beforeEach(() => {
    store = createMemoryEventStore();
    bus = createMemoryMessageBus({ logger });
    // No polling within a test, so that whatever arrives was announced.
    log = createEventLog({ store, bus, logger, pollMs: 60_000 });
  });

  it('numbers events from one and ends after done', async () => {
    await writeAll(log);
    const events = await all(log.follow('answer', 0, never));
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)?.name).toBe('done');
    expect(textOf(events)).toBe(TEXT.join(''));
  });

  it('ends after an error', async () => {
    const writer = log.openWriter('answer');
    await writer.append('error', { slug: 'model_away' });
    expect(await all(log.follow('answer', 0, never))).toHaveLength(1);
  });

  it('gives the same text to a listener cut off after any event', async () => {
    await writeAll(log);
    const whole = await all(log.follow('answer', 0, never));
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const rest = await all(log.follow('answer', cut, never));
      expect([...whole.slice(0, cut), ...rest]).toEqual(whole);
    }
  });

  it('gives the same to listeners who come, go and come back while it is written', async () => {
    const writing = writeAll(log, 3);
    const restless = async () => {
      const seen: AnswerEvent[] = [];
      while (seen.at(-1)?.name !== 'done') {
        let patience = 3;
        for await (const event of log.follow('answer', seen.length, never)) {
          seen.push(event);
          patience -= 1;
          if (patience === 0) break;
        }
      }
      return seen;
    };
    const [steady, ...others] = await Promise.all([
      all(log.follow('answer', 0, never)),
      restless(),
      all(log.follow('answer', 0, never)),
    ]);
    await writing;
    expect(textOf(steady)).toBe(TEXT.join(''));
    for (const other of others) expect(other).toEqual(steady);
  });

  it('reads a long answer a page at a time, at the pace of the listener', async () => {
    const pages: number[] = [];
    const counting: EventStore = {
      ...store,
      read: async (answerId, after, limit) => {
        pages.push(limit);
        return store.read(answerId, after, limit);
      },
    };
    const slow = createEventLog({ store: counting, bus, logger });
    const writer = slow.openWriter('answer');
    for (let index = 0; index < 450; index += 1) await writer.append('delta', 'x');
    const listener = slow.follow('answer', 0, never)[Symbol.asyncIterator]();
    for (let index = 0; index < 150; index += 1) await listener.next();
    expect(pages).toEqual([100, 100]);
    await listener.return?.();
  });

  it('keeps the order of appends that overlap', async () => {
    const writer = log.openWriter('answer');
    await Promise.all(TEXT.map((character) => writer.append('delta', character)));
    expect(textOf(await store.read('answer', 0, 100))).toBe(TEXT.join(''));
  });

  it('goes on where an earlier writer ended, and lets no two write at once', async () => {
    await log.openWriter('answer').append('delta', '學');
    await log.openWriter('answer', 1).append('delta', '而');
    expect(textOf(await store.read('answer', 0, 10))).toBe('學而');
    const late = log.openWriter('answer', 1);
    await expect(late.append('delta', '時')).rejects.toThrow();
    await expect(late.settle()).rejects.toThrow('another writer');
  });

  it('stops when its signal aborts, waiting or not', async () => {
    const waiting = new AbortController();
    const listening = all(log.follow('answer', 0, waiting.signal));
    await log.openWriter('answer').append('delta', '學');
    await aWhile(20);
    waiting.abort();
    expect(await listening).toHaveLength(1);
    expect(await all(log.follow('answer', 0, AbortSignal.abort()))).toEqual([]);
  });

  it('leaves no subscription behind', async () => {
    let open = 0;
    const counted: MessageBus = {
      ...bus,
      subscribe: async (channel, handler) => {
        const stop = await bus.subscribe(channel, handler);
        open += 1;
        return async () => {
          open -= 1;
          await stop();
        };
      },
    };
    const counting = createEventLog({ store, bus: counted, logger });
    await writeAll(counting);
    await all(counting.follow('answer', 0, never));
    for await (const _ of counting.follow('answer', 0, never)) break;
    expect(open).toBe(0);
  });

  it('has one subscription on the bus for all who listen to an answer', async () => {
    let subscriptions = 0;
    let open = 0;
    const counted: MessageBus = {
      ...bus,
      subscribe: async (channel, handler) => {
        const stop = await bus.subscribe(channel, handler);
        subscriptions += 1;
        open += 1;
        return async () => {
          open -= 1;
          await stop();
        };
      },
    };
    const counting = createEventLog({ store, bus: counted, logger, pollMs: 60_000 });
    const listening = Array.from({ length: 30 }, () =>
      all(counting.follow('answer', 0, new AbortController().signal)),
    );
    const leaving = new AbortController();
    const impatient = all(counting.follow('answer', 0, leaving.signal));
    await aWhile(20);
    leaving.abort();
    await impatient;
    await writeAll(counting);
    for (const events of await Promise.all(listening)) expect(textOf(events)).toBe(TEXT.join(''));
    expect({ subscriptions, open }).toEqual({ subscriptions: 1, open: 0 });
  });

  it('tells everybody when the bus is away, and listens again afterwards', async () => {
    let isAway = true;
    const flaky: MessageBus = {
      ...bus,
      subscribe: (channel, handler) =>
        isAway ? Promise.reject(new Error('away')) : bus.subscribe(channel, handler),
    };
    const flakyLog = createEventLog({ store, bus: flaky, logger, pollMs: 60_000 });
    const attempts = [1, 2, 3].map(() => all(flakyLog.follow('answer', 0, never)));
    for (const outcome of await Promise.allSettled(attempts)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { status: 503 } });
    }
    isAway = false;
    const listening = all(flakyLog.follow('answer', 0, never));
    await writeAll(flakyLog, 1);
    expect(textOf(await listening)).toBe(TEXT.join(''));
  });

  it('tells nothing beyond a gap, as a trimmed answer has one', async () => {
    await writeAll(log);
    const trimmed: EventStore = {
      ...store,
      read: async (id, after, limit) =>
        (await store.read(id, Math.max(after, 5), limit)).filter((event) => event.id > 5),
    };
    const polling = createEventLog({ store: trimmed, bus, logger, pollMs: 10 });
    const leaving = AbortSignal.timeout(100);
    expect(await all(polling.follow('answer', 0, leaving))).toEqual([]);
    expect((await all(polling.follow('answer', 5, never)))[0]?.id).toBe(6);
  });

  it('puts together what the model writes faster than the store takes it', async () => {
    const slow: EventStore = {
      ...store,
      append: async (answerId, event) => {
        await aWhile(5);
        await store.append(answerId, event);
      },
    };
    const writer = createEventLog({ store: slow, bus, logger }).openWriter('answer');
    const appends: Promise<AnswerEvent>[] = [];
    appends.push(writer.append('meta', {}));
    for (const text of TEXT) {
      appends.push(writer.append('thinking', { text }), writer.append('thinking', { text: '，' }));
      await aWhile(1);
    }
    for (const text of TEXT) appends.push(writer.append('delta', { text }));
    appends.push(writer.append('done', { text: 'not a piece of the answer' }));
    await Promise.all(appends);
    const events = await store.read('answer', 0, 100);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events.length).toBeLessThan(2 * TEXT.length);
    const told = (name: string) =>
      events
        .filter((event) => event.name === name)
        .map(({ data }) => (data as { text: string }).text)
        .join('');
    expect(told('thinking')).toBe(TEXT.map((text) => `${text}，`).join(''));
    expect(told('delta')).toBe(TEXT.join(''));
    expect(events.at(-1)?.name).toBe('done');
  });

  it('wakes listeners less often than tokens come', async () => {
    let messages = 0;
    const counted: MessageBus = {
      ...bus,
      publish: async (channel, message) => {
        messages += 1;
        await bus.publish(channel, message);
      },
    };
    const counting = createEventLog({ store, bus: counted, logger, pollMs: 60_000 });
    const listening = all(counting.follow('answer', 0, never));
    await writeAll(counting);
    expect(textOf(await listening)).toBe(TEXT.join(''));
    expect(messages).toBeLessThanOrEqual(3);
  });

  it('finds by itself what no message announced', async () => {
    const deaf: MessageBus = { ...bus, publish: () => Promise.reject(new Error('bus is away')) };
    const polling = createEventLog({ store, bus: deaf, logger, pollMs: 20 });
    const listening = all(polling.follow('answer', 0, never));
    await writeAll(polling, 2);
    expect(textOf(await listening)).toBe(TEXT.join(''));
  });
});

describe('the event log when its store is away', () => {
  const away = () => Promise.reject(new Error('store is away'));

  it('tells listeners so', async () => {
    const bus = createMemoryMessageBus({ logger });
    const store: EventStore = { ...createMemoryEventStore(), read: away };
    const listening = all(createEventLog({ store, bus, logger }).follow('answer', 0, never));
    const error: unknown = await listening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ status: 503, slug: 'unavailable' });
  });

  it('tells the writer so, loses nothing and doubles nothing', async () => {
    const bus = createMemoryMessageBus({ logger });
    const memory = createMemoryEventStore();
    const mood: { is: 'well' | 'away' | 'silent' } = { is: 'well' };
    const store: EventStore = {
      ...memory,
      async append(answerId, event) {
        if (mood.is !== 'away') await memory.append(answerId, event);
        if (mood.is !== 'well') throw new Error('no answer');
      },
    };
    const writer = createEventLog({ store, bus, logger }).openWriter('answer');
    await writer.append('delta', '學');
    for (const trouble of ['away', 'silent'] as const) {
      mood.is = trouble;
      await expect(writer.append('delta', '而')).rejects.toThrow('no answer');
      await expect(writer.append('delta', '時')).rejects.toThrow('no answer');
      mood.is = 'well';
      await writer.settle();
    }
    await writer.append('delta', '習');
    expect(textOf(await memory.read('answer', 0, 20))).toBe('學而時而時習');
  });

  it('lets the writer catch up in the background', async () => {
    const bus = createMemoryMessageBus({ logger });
    const memory = createMemoryEventStore();
    let isAway = true;
    const append: EventStore['append'] = (id, event) =>
      isAway ? away() : memory.append(id, event);
    const log = createEventLog({ store: { ...memory, append }, bus, logger });
    await expect(log.openWriter('answer').append('done', null)).rejects.toThrow();
    isAway = false;
    await eventually('it is stored', async () => (await memory.read('answer', 0, 1)).length === 1);
  });

  it.each([0, 1, 4])(
    'a store that comes back with %i of its events gets the rest again',
    async (left) => {
      const bus = createMemoryMessageBus({ logger });
      const memory = createMemoryEventStore();
      const log = createEventLog({ store: memory, bus, logger, pollMs: 10 });
      const writer = log.openWriter('answer');
      const listening = all(log.follow('answer', 0, never));
      for (const text of TEXT.slice(0, 8)) await writer.append('delta', text);
      await aWhile(30);
      const kept = await memory.read('answer', 0, left);
      await memory.close();
      for (const event of kept) await memory.append('answer', event);
      for (const text of TEXT.slice(8)) await writer.append('delta', text);
      await writer.append('done', null);
      const events = await listening;
      expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
      expect(textOf(events)).toBe(TEXT.join(''));
      expect(await all(log.follow('answer', 0, never))).toEqual(events);
    },
  );

  it('nobody writes on where somebody else has begun anew', async () => {
    const bus = createMemoryMessageBus({ logger });
    const memory = createMemoryEventStore();
    const log = createEventLog({ store: memory, bus, logger });
    const writer = log.openWriter('answer');
    for (const text of TEXT.slice(0, 3)) await writer.append('delta', text);
    await memory.close();
    await log.openWriter('answer').append('error', { error: 'model_failed' });
    await expect(writer.append('delta', '朋')).rejects.toThrow('cannot follow');
    expect(await memory.read('answer', 0, 9)).toHaveLength(1);
  });
});
