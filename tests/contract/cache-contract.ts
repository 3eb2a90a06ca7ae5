import type { Cache } from '../../backend/platform/cache/cache.ts';
import { aWhile } from '../support/eventually.ts';

export interface OpenedCache {
  cache: Cache;
  dispose(): Promise<void>;
}

export function describeCacheContract(name: string, open: () => Promise<OpenedCache>): void {
  describe(`${name} as a cache`, () => {
    let opened: OpenedCache;
    let cache: Cache;
    beforeEach(async () => {
      opened = await open();
      cache = opened.cache;
    });
    afterEach(() => opened.dispose());

    it('gives back what was put in', async () => {
      for (const value of [{ 書: ['論語', 1] }, [1, null], '學而', 0, false, null]) {
        await cache.set('key', value, 60);
        expect(await cache.get('key')).toEqual(value);
      }
    });

    it('does not know a key that was never set', async () => {
      expect(await cache.get('unknown')).toBeUndefined();
    });

    it('shares no object with its callers', async () => {
      const value = { list: [1] };
      await cache.set('key', value, 60);
      value.list.push(2);
      const first = (await cache.get('key')) as typeof value;
      first.list.push(3);
      expect(await cache.get('key')).toEqual({ list: [1] });
    });

    it('carries values as JSON does', async () => {
      await cache.set('key', { at: new Date(0), nothing: undefined }, 60);
      expect(await cache.get('key')).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    });

    it('holds the last value set', async () => {
      await cache.set('key', 'old', 60);
      await cache.set('key', 'new', 60);
      expect(await cache.get('key')).toBe('new');
    });

    it('holds nothing under a key set to undefined or for no time', async () => {
      await cache.set('one', 'old', 60);
      await cache.set('one', undefined, 60);
      await cache.set('two', 'old', 60);
      await cache.set('two', 'new', 0);
      expect([await cache.get('one'), await cache.get('two')]).toEqual([undefined, undefined]);
    });

    it('forgets an entry when its time is over', async () => {
      await cache.set('short', 'value', 0.05);
      await cache.set('long', 'value', 60);
      await aWhile(100);
      expect(await cache.get('short')).toBeUndefined();
      expect(await cache.get('long')).toBe('value');
    });

    it('forgets a deleted key and does not mind an unknown one', async () => {
      await cache.set('key', 'value', 60);
      await cache.delete('key');
      await cache.delete('unknown');
      expect(await cache.get('key')).toBeUndefined();
    });

    async function leaseOf(key: string): Promise<string> {
      const lookup = await cache.lookUp(key);
      if (lookup.found || !lookup.lease) throw new Error(`no lease for ${key}`);
      return lookup.lease;
    }

    it('gives who finds nothing the right to fill the place', async () => {
      expect(await cache.fill('key', await leaseOf('key'), { a: 1 }, 60)).toBe(true);
      expect(await cache.lookUp('key')).toMatchObject({ found: true, value: { a: 1 } });
      expect(await cache.get('key')).toEqual({ a: 1 });
    });

    it('gives that right to one at a time, and shows nothing of it', async () => {
      await leaseOf('key');
      expect(await cache.lookUp('key')).toEqual({ found: false, lease: undefined });
      expect(await cache.get('key')).toBeUndefined();
    });

    it('keeps nothing that was read before the key was deleted', async () => {
      const lease = await leaseOf('key');
      await cache.delete('key');
      expect(await cache.fill('key', lease, 'old', 60)).toBe(false);
      expect(await cache.fill('key', await leaseOf('key'), 'new', 60)).toBe(true);
      expect(await cache.fill('key', lease, 'old', 60)).toBe(false);
      expect(await cache.get('key')).toBe('new');
    });

    it('keeps what was set rather than what was read before', async () => {
      const lease = await leaseOf('key');
      await cache.set('key', 'set', 60);
      expect(await cache.fill('key', lease, 'read', 60)).toBe(false);
      expect(await cache.get('key')).toBe('set');
    });

    it('frees a place that is filled with nothing or for no time', async () => {
      await cache.fill('one', await leaseOf('one'), undefined, 60);
      await cache.fill('two', await leaseOf('two'), 'value', 0);
      expect(await Promise.all([leaseOf('one'), leaseOf('two')])).toHaveLength(2);
    });

    it('forgets what was filled in when its time is over', async () => {
      await cache.fill('key', await leaseOf('key'), 'value', 0.05);
      await aWhile(100);
      expect(await cache.get('key')).toBeUndefined();
    });
  });
}
