/** What is being worked on in this process right now, by keys it touches. */
export interface UnderWay {
  track<Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result>;
  /** Everything under way that shares a key with these. */
  sharing(keys: readonly string[]): Promise<unknown>[];
}

export function createUnderWay(): UnderWay {
  const byKey = new Map<string, Set<Promise<unknown>>>();
  return {
    async track(keys, work) {
      const running = work();
      for (const key of keys) byKey.set(key, (byKey.get(key) ?? new Set()).add(running));
      try {
        return await running;
      } finally {
        for (const key of keys) {
          const others = byKey.get(key);
          others?.delete(running);
          if (others?.size === 0) byKey.delete(key);
        }
      }
    },
    sharing: (keys) => [...new Set(keys.flatMap((key) => [...(byKey.get(key) ?? [])]))],
  };
}
