import type { JobQueue } from '../../backend/platform/queue/job-queue.ts';
import { aWhile, eventually, gate } from '../support/eventually.ts';

export interface OpenedQueue {
  queue: JobQueue;
  /** The queue of another process, or the same one where there is only one process. */
  other: JobQueue;
  dispose(): Promise<void>;
}

export function describeJobQueueContract(name: string, open: () => Promise<OpenedQueue>): void {
  describe(`${name} as a job queue`, () => {
    let opened: OpenedQueue;
    let queue: JobQueue;
    let other: JobQueue;
    beforeEach(async () => {
      opened = await open();
      ({ queue, other } = opened);
    });
    afterEach(() => opened.dispose());

    /** Consumes everything with one handler and notes the ids. */
    async function collect(from: JobQueue, concurrency = 1): Promise<string[]> {
      const seen: string[] = [];
      await from.consume(async (id) => void seen.push(id), { concurrency });
      return seen;
    }

    it('delivers what was pushed before and after somebody consumes', async () => {
      await other.push('before');
      const seen = await collect(queue);
      await other.push('after');
      await eventually('both are delivered', () => seen.length === 2);
      expect(seen).toEqual(['before', 'after']);
    });

    it('delivers to one consumer only', async () => {
      const first = await collect(queue, 2);
      const second = await collect(other, 2);
      const third = await collect(queue, 1);
      const ids = Array.from({ length: 30 }, (_, index) => `job-${index}`);
      await Promise.all(ids.map((id) => queue.push(id)));
      const all = () => [...first, ...second, ...third];
      await eventually('all are delivered', () => all().length >= ids.length);
      await aWhile(50);
      expect(all().sort()).toEqual([...ids].sort());
    });

    it('runs as many handlers at a time as it was told', async () => {
      let running = 0;
      let most = 0;
      let done = 0;
      await queue.consume(
        async () => {
          running += 1;
          most = Math.max(most, running);
          await aWhile(20);
          running -= 1;
          done += 1;
        },
        { concurrency: 3 },
      );
      await Promise.all(Array.from({ length: 12 }, (_, index) => queue.push(`job-${index}`)));
      await eventually('all are done', () => done === 12);
      expect(most).toBe(3);
    });

    it('delivers an id once that is pushed while it waits or is delayed', async () => {
      await Promise.all([queue.push('waiting'), other.push('waiting'), queue.push('waiting')]);
      await queue.push('delayed', { delayMs: 200 });
      await other.push('delayed');
      await queue.push('delayed', { delayMs: 10 });
      expect(await queue.counts()).toEqual({ waiting: 1, active: 0, delayed: 1 });
      const seen = await collect(queue);
      await eventually('both are delivered', () => seen.length === 2);
      await aWhile(100);
      expect(seen).toEqual(['waiting', 'delayed']);
    });

    it('delivers an id again that is pushed after delivery', async () => {
      const seen = await collect(queue);
      for (let times = 1; times <= 3; times += 1) {
        await queue.push('again');
        await eventually('it is delivered', () => seen.length === times);
      }
      await eventually('all is quiet', async () => (await queue.counts()).active === 0);
    });

    it('delivers an id once more that is pushed, however often, while it is handled', async () => {
      const { opened: mayEnd, open: letEnd } = gate();
      let calls = 0;
      await queue.consume(
        async (id) => {
          calls += 1;
          if (calls > 1) return;
          await queue.push(id);
          await other.push(id);
          await mayEnd;
        },
        { concurrency: 1 },
      );
      await queue.push('itself');
      await eventually('it waits again', async () => (await queue.counts()).waiting === 1);
      await other.push('itself');
      letEnd();
      await eventually('it is delivered again', () => calls === 2);
      await aWhile(100);
      expect(calls).toBe(2);
      expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0 });
    });

    it('still knows that an id waits when an earlier delivery of it has ended', async () => {
      const gates = { itself: gate(), blocker: gate() };
      const seen: string[] = [];
      await queue.consume(
        async (id) => {
          seen.push(id);
          if (seen.length === 1) await gates.itself.opened;
          if (id === 'blocker') await gates.blocker.opened;
        },
        { concurrency: 1 },
      );
      await queue.push('itself');
      await eventually('it runs', () => seen.length === 1);
      await queue.push('blocker');
      await queue.push('itself');
      gates.itself.open();
      await eventually('the blocker runs', () => seen.length === 2);
      await other.push('itself');
      gates.blocker.open();
      await eventually('it has run again', () => seen.length === 3);
      await aWhile(100);
      expect(seen).toEqual(['itself', 'blocker', 'itself']);
    });

    it('can be told by a handler to deliver its id again later', async () => {
      const times: number[] = [];
      await queue.consume(
        async (id) => {
          times.push(Date.now());
          if (times.length === 1) await queue.push(id, { delayMs: 150 });
        },
        { concurrency: 1 },
      );
      await queue.push('retry');
      await eventually('it is delivered again', () => times.length === 2);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(150);
    });

    it('does not deliver before the delay is over, nor hold up others', async () => {
      const seen = await collect(other);
      await queue.push('late', { delayMs: 150 });
      await queue.push('soon');
      await eventually('one is delivered', () => seen.length === 1);
      expect(seen).toEqual(['soon']);
      await eventually('the other too', () => seen.length === 2);
    });

    it('goes on after a handler has failed, without a retry', async () => {
      const seen: string[] = [];
      await queue.consume(
        (id) => {
          seen.push(id);
          if (id === 'throws') throw new Error('thrown at once');
          return id === 'rejects' ? Promise.reject(new Error('rejected')) : Promise.resolve();
        },
        { concurrency: 1 },
      );
      for (const id of ['throws', 'rejects', 'works']) await queue.push(id);
      await eventually('all are delivered', () => seen.length === 3);
      await queue.push('throws');
      await eventually('a failed one may come again', () => seen.length === 4);
      await aWhile(50);
      expect(seen).toEqual(['throws', 'rejects', 'works', 'throws']);
    });

    it('counts what waits, what runs and what is delayed', async () => {
      const { opened: mayEnd, open: letEnd } = gate();
      await queue.push('late', { delayMs: 60_000 });
      await queue.consume(() => mayEnd, { concurrency: 1 });
      for (const id of ['a', 'b', 'c']) await queue.push(id);
      await eventually('one runs', async () => (await queue.counts()).active === 1);
      expect(await queue.counts()).toEqual({ waiting: 2, active: 1, delayed: 1 });
      letEnd();
    });

    it('waits for running handlers when it closes, and starts no more', async () => {
      const { opened: mayEnd, open: letEnd } = gate();
      const events: string[] = [];
      await queue.consume(
        async (id) => {
          events.push(`${id} starts`);
          await mayEnd;
          await queue.push('from a handler that ends late');
          events.push(`${id} ends`);
        },
        { concurrency: 1 },
      );
      await queue.push('a');
      await queue.push('b');
      await eventually('one runs', () => events.length === 1);
      const closing = queue.close().then(() => events.push('closed'));
      await aWhile(50);
      letEnd();
      await closing;
      expect(events).toEqual(['a starts', 'a ends', 'closed']);
      await expect(queue.push('c')).rejects.toThrow();
      await queue.close();
    });
  });
}
