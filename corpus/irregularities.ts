import type { Irregularity } from './source-work.ts';

/** Counts, by reason, what a reader left out or mended on purpose, and keeps the first example. */
export interface IrregularityLog {
  note(reason: string, example: string): void;
  list(): Irregularity[];
}

const EXAMPLE_LENGTH = 60;

export function createIrregularityLog(): IrregularityLog {
  const byReason = new Map<string, Irregularity>();
  return {
    note(reason, example) {
      const known = byReason.get(reason);
      if (known) known.count += 1;
      else byReason.set(reason, { reason, count: 1, example: shorten(example) });
    },
    list: () => [...byReason.values()],
  };
}

function shorten(example: string): string {
  const characters = [...example.trim()];
  if (characters.length <= EXAMPLE_LENGTH) return characters.join('');
  return `${characters.slice(0, EXAMPLE_LENGTH).join('')}…`;
}
