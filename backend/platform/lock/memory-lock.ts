import type { Lock } from './lock.ts';

/** For a service of one process: nobody else can take a lock away, so it is never lost. */
export function createMemoryLock(): Lock {
  const held = new Set<string>();
  return {
    async tryWithLock(name, _ttlMs, work) {
      if (held.has(name)) return undefined;
      held.add(name);
      try {
        return { result: await work(new AbortController().signal) };
      } finally {
        held.delete(name);
      }
    },
    async close() {},
  };
}
