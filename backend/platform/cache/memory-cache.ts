import type { Cache } from './cache.ts';

interface Entry {
  json: string;
  expiresAt: number;
}

/** Keeps the most recently used entries of this process, `maxEntries` at most. */
export function createMemoryCache(options: { maxEntries?: number } = {}): Cache {
  const maxEntries = options.maxEntries ?? 2_000;
  // A Map iterates in order of insertion; re-inserting on use makes its first key the oldest.
  const entries = new Map<string, Entry>();

  return {
    async get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      if (entry.expiresAt <= Date.now()) return undefined;
      entries.set(key, entry);
      return JSON.parse(entry.json);
    },
    async set(key, value, ttlSeconds) {
      const json: string | undefined = JSON.stringify(value);
      entries.delete(key);
      if (json === undefined || ttlSeconds <= 0) return;
      entries.set(key, { json, expiresAt: Date.now() + ttlSeconds * 1000 });
      const oldest = entries.keys().next();
      if (entries.size > maxEntries && !oldest.done) entries.delete(oldest.value);
    },
    async delete(key) {
      entries.delete(key);
    },
    async close() {
      entries.clear();
    },
  };
}
