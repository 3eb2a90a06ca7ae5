import type { MessageBus } from '../../backend/platform/bus/message-bus.ts';
import { aWhile, eventually } from '../support/eventually.ts';

export interface OpenedBus {
  bus: MessageBus;
  /** The bus of another process, or the same one where there is only one process. */
  other: MessageBus;
  dispose(): Promise<void>;
}

export function describeMessageBusContract(name: string, open: () => Promise<OpenedBus>): void {
  describe(`${name} as a message bus`, () => {
    let opened: OpenedBus;
    let bus: MessageBus;
    beforeEach(async () => {
      opened = await open();
      bus = opened.bus;
    });
    afterEach(() => opened.dispose());

    async function collect(from: MessageBus, channel: string) {
      const messages: unknown[] = [];
      const stop = await from.subscribe(channel, (message) => messages.push(message));
      return { messages, stop };
    }

    it('reaches every subscriber of every process, the own one included', async () => {
      const all = [
        await collect(bus, 'news'),
        await collect(bus, 'news'),
        await collect(opened.other, 'news'),
      ];
      await bus.publish('news', { 篇: '學而' });
      await eventually('all have it', () => all.every(({ messages }) => messages.length === 1));
      expect(all.map(({ messages }) => messages)).toEqual(all.map(() => [{ 篇: '學而' }]));
    });

    it('keeps the order of a channel', async () => {
      const { messages } = await collect(opened.other, 'news');
      const sent = Array.from({ length: 50 }, (_, index) => index);
      await Promise.all(sent.map((message) => bus.publish('news', message)));
      await eventually('all have arrived', () => messages.length === sent.length);
      expect(messages).toEqual(sent);
    });

    it('keeps channels apart', async () => {
      const other = await collect(bus, 'other');
      const { messages } = await collect(bus, 'news');
      await bus.publish('news', 1);
      await eventually('it has arrived', () => messages.length === 1);
      expect(other.messages).toEqual([]);
    });

    it('hands each subscriber a copy, made by JSON', async () => {
      const message = { list: [1], nothing: undefined };
      const first = await collect(bus, 'news');
      const second = await collect(bus, 'news');
      await bus.publish('news', message);
      message.list.push(2);
      await eventually('it has arrived', () => second.messages.length === 1);
      expect(first.messages).toEqual([{ list: [1] }]);
      expect(first.messages[0]).not.toBe(second.messages[0]);
    });

    it('carries undefined as null', async () => {
      const { messages } = await collect(bus, 'news');
      await bus.publish('news', undefined);
      await eventually('it has arrived', () => messages.length === 1);
      expect(messages).toEqual([null]);
    });

    it('goes on after a handler has thrown', async () => {
      await bus.subscribe('news', () => {
        throw new Error('a careless subscriber');
      });
      const { messages } = await collect(bus, 'news');
      await bus.publish('news', 1);
      await bus.publish('news', 2);
      await eventually('both have arrived', () => messages.length === 2);
    });

    it('tells nothing to those who stopped, and the rest to those who did not', async () => {
      const handler = { calls: 0 };
      const count = () => {
        handler.calls += 1;
      };
      const stopOne = await bus.subscribe('news', count);
      await bus.subscribe('news', count);
      await stopOne();
      await stopOne();
      await bus.publish('news', 1);
      await eventually('it has arrived', () => handler.calls > 0);
      await aWhile(30);
      expect(handler.calls).toBe(1);
    });

    it('lets one subscribe again right after the last one has stopped', async () => {
      const first = await collect(bus, 'news');
      const stopping = first.stop();
      const second = await collect(bus, 'news');
      await stopping;
      await bus.publish('news', 1);
      await eventually('it has arrived', () => second.messages.length === 1);
      expect(first.messages).toEqual([]);
    });
  });
}
