/** Numbers that look random and are the same in every run, so that a failure can be seen again. */
export interface Random {
  /** From 0 up to, but not including, `limit`. */
  below(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** `length` of the given characters, put together. */
  text(characters: readonly string[], length: number): string;
}

/** Mulberry32, after Tommy Ettinger. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const text = (characters: readonly string[], length: number): string =>
    Array.from({ length }, () => pick(characters)).join('');
  return { below, pick, text };
}
