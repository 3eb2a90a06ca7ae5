import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Cache, LEASE_SECONDS } from './cache.ts';

type Entry = { json: string } | { lease: string };

/** At most 32 MiB, for a character takes two bytes; one value may have a tenth of it. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** Keeps the most recently used entries of this process, within a number and a size. */
export function createMemoryCache(
  options: { maxEntries?: number; maxCharacters?: number } = {},
): Cache {
  const { maxEntries = 10_000, maxCharacters = MOST_CHARACTERS } = options;
  const entries = new LRUCache<string, Entry>({
    max: maxEntries,
    maxSize: maxCharacters,
    maxEntrySize: Math.ceil(maxCharacters / 10),
    sizeCalculation: (entry, key) => key.length + ('json' in entry ? entry.json.length : 0) + 1,
  });

  function keep(key: string, value: unknown, ttlSeconds: number): void {
    const json: string | undefined = JSON.stringify(value);
    entries.delete(key);
    if (json === undefined || ttlSeconds <= 0) return;
    // A whole number above zero, or it would live for ever.
    entries.set(key, { json }, { ttl: Math.max(1, Math.floor(ttlSeconds * 1000)) });
  }

  return {
    async get(key) {
      const entry = entries.get(key);
      return entry && 'json' in entry ? JSON.parse(entry.json) : undefined;
    },
    async set(key, value, ttlSeconds) {
      keep(key, value, ttlSeconds);
    },
    async delete(key) {
      entries.delete(key);
    },
    async lookUp(key) {
      const entry = entries.get(key);
      if (!entry) {
        const lease = randomUUID();
        entries.set(key, { lease }, { ttl: LEASE_SECONDS * 1000 });
        return { found: false, lease };
      }
      if ('lease' in entry) return { found: false, lease: undefined };
      return { found: true, value: JSON.parse(entry.json), from: 'process' };
    },
    async fill(key, lease, value, ttlSeconds) {
      const entry = entries.get(key);
      if (!entry || !('lease' in entry) || entry.lease !== lease) return false;
      keep(key, value, ttlSeconds);
      return true;
    },
    async close() {
      entries.clear();
    },
  };
}
