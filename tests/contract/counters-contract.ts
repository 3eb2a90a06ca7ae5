import type { Counters } from '../../backend/platform/counters/counters.ts';
import { eventually } from '../support/eventually.ts';

export interface OpenedCounters {
  counters: Counters;
  dispose(): Promise<void>;
}

export function describeCountersContract(name: string, open: () => Promise<OpenedCounters>): void {
  describe(`${name} as counters`, () => {
    let opened: OpenedCounters;
    let counters: Counters;
    beforeEach(async () => {
      opened = await open();
      counters = opened.counters;
    });
    afterEach(() => opened.dispose());

    it('adds up', async () => {
      expect(await counters.add('set', { 讀: 2, 寫: 1 }, 60)).toBe(true);
      expect(await counters.add('set', { 讀: 40 }, 60)).toBe(true);
      expect(await counters.read('set')).toEqual({ 讀: 42, 寫: 1 });
    });

    it('says nothing of what was never added', async () => {
      expect(await counters.read('unknown')).toEqual({});
    });

    it('keeps sets apart', async () => {
      await counters.add('one', { n: 1 }, 60);
      await counters.add('other', { n: 2 }, 60);
      expect(await counters.read('one')).toEqual({ n: 1 });
    });

    it('loses nothing of what is added at once', async () => {
      await Promise.all(Array.from({ length: 200 }, () => counters.add('set', { n: 3, m: 1 }, 60)));
      expect(await counters.read('set')).toEqual({ n: 600, m: 200 });
    });

    it('forgets a set some time after the last addition', async () => {
      await counters.add('set', { n: 1 }, 0.02);
      const isGone = async () => Object.keys((await counters.read('set')) ?? {}).length === 0;
      await eventually('the set is gone', isGone);
    });
  });
}
