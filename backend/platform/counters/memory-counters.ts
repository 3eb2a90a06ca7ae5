import type { Counters } from './counters.ts';

interface CountedSet {
  sums: Map<string, number>;
  expiresAt: number;
}

/** The sums of this process. */
export function createMemoryCounters(): Counters {
  const sets = new Map<string, CountedSet>();

  function forgetExpired(): void {
    for (const [name, { expiresAt }] of sets) {
      if (expiresAt <= Date.now()) sets.delete(name);
    }
  }

  return {
    async add(name, amounts, ttlSeconds) {
      forgetExpired();
      const sums = sets.get(name)?.sums ?? new Map<string, number>();
      for (const [key, amount] of Object.entries(amounts)) {
        sums.set(key, (sums.get(key) ?? 0) + amount);
      }
      sets.set(name, { sums, expiresAt: Date.now() + ttlSeconds * 1000 });
      return true;
    },
    async read(name) {
      forgetExpired();
      return Object.fromEntries(sets.get(name)?.sums ?? []);
    },
    async close() {
      sets.clear();
    },
  };
}
