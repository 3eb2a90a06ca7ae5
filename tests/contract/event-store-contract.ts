import type { AnswerEvent, EventStore } from '../../backend/realtime/event-store.ts';
import { aWhile } from '../support/eventually.ts';

export interface OpenedEventStore {
  store: EventStore;
  dispose(): Promise<void>;
}

function delta(id: number): AnswerEvent {
  return { id, name: 'delta', data: { text: `第${id}字` } };
}

export function describeEventStoreContract(
  name: string,
  open: (options: { keepMs?: number }) => Promise<OpenedEventStore>,
): void {
  describe(`${name} as an event store`, () => {
    let opened: OpenedEventStore;
    let store: EventStore;
    const openWith = async (options: { keepMs?: number }) => {
      opened = await open(options);
      store = opened.store;
    };
    beforeEach(() => openWith({}));
    afterEach(() => opened.dispose());

    async function appendUpTo(count: number, answerId = 'answer') {
      for (let id = 1; id <= count; id += 1) await store.append(answerId, delta(id));
    }

    it('knows nothing of an answer it does not hold', async () => {
      expect(await store.read('unknown', 0, 10)).toEqual([]);
    });

    it('gives back the events after any point, in order', async () => {
      await appendUpTo(12);
      const all = Array.from({ length: 12 }, (_, index) => delta(index + 1));
      for (let after = 0; after <= 13; after += 1) {
        expect(await store.read('answer', after, 100)).toEqual(all.slice(after));
      }
    });

    it('gives back a page at a time', async () => {
      await appendUpTo(5);
      expect((await store.read('answer', 1, 2)).map(({ id }) => id)).toEqual([2, 3]);
      expect(await store.read('answer', 0, 0)).toEqual([]);
    });

    it('takes only the event that comes next', async () => {
      await expect(store.append('answer', delta(0))).rejects.toThrow();
      await expect(store.append('answer', delta(2))).rejects.toThrow();
      await appendUpTo(2);
      await expect(store.append('answer', delta(2))).rejects.toThrow();
      await expect(store.append('answer', delta(4))).rejects.toThrow();
      await expect(store.append('answer', delta(9))).rejects.toMatchObject({ last: 2 });
      await expect(store.append('other', delta(3))).rejects.toMatchObject({ last: 0 });
      await store.append('answer', delta(3));
      expect((await store.read('answer', 0, 10)).map(({ id }) => id)).toEqual([1, 2, 3]);
    });

    it('lets one of two writers through', async () => {
      const attempts = [1, 2].map(() => store.append('answer', delta(1)));
      const outcomes = (await Promise.allSettled(attempts)).map(({ status }) => status);
      expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('keeps answers apart', async () => {
      await appendUpTo(2, 'one');
      await appendUpTo(1, 'two');
      expect(await store.read('two', 0, 10)).toEqual([delta(1)]);
    });

    it('shares no object with its callers', async () => {
      const event: AnswerEvent = { id: 1, name: 'meta', data: { list: [1] } };
      await store.append('answer', event);
      event.data = 'changed';
      expect(await store.read('answer', 0, 10)).toEqual([
        { id: 1, name: 'meta', data: { list: [1] } },
      ]);
    });

    it('forgets an answer some time after its last event', async () => {
      await opened.dispose();
      await openWith({ keepMs: 300 });
      await appendUpTo(1);
      await aWhile(200);
      await store.append('answer', delta(2));
      await aWhile(200);
      expect(await store.read('answer', 0, 10)).toHaveLength(2);
      await aWhile(200);
      expect(await store.read('answer', 0, 10)).toEqual([]);
    });
  });
}
