import type { Rates } from '../../api/billing-types.ts';
import { costOf } from '../../billing/receipt.ts';
import { readParts, writeParts } from '../../form/numbers.ts';
import type { DatedPrice } from '../billing-types.ts';

export const RATE_KINDS = ['offPeak', 'peak', 'providerOffPeak', 'providerPeak'] as const;
export type RateKind = (typeof RATE_KINDS)[number];
export const RATE_LINES = ['prompt', 'cached', 'completion'] as const;
type RateLine = (typeof RATE_LINES)[number];

/** As it is being typed, by `offPeak.prompt` and so on. */
export type PriceDraft = Readonly<Record<`${RateKind}.${RateLine}`, string>>;
export type RateSet = Record<RateKind, Rates>;

/** Ours are thousandths of a token, theirs millionths of a yuan. */
const decimalsOf = (kind: RateKind) => (kind.startsWith('provider') ? 6 : 3);

export const CELLS = RATE_KINDS.flatMap((kind) =>
  RATE_LINES.map((line) => ({ kind, line, name: `${kind}.${line}` as const })),
);

export function draftOf(price: DatedPrice | null): PriceDraft {
  const cells = CELLS.map(({ kind, line, name }) => [
    name,
    writeParts(price?.[kind][line] ?? 0, decimalsOf(kind)),
  ]);
  return Object.fromEntries(cells) as PriceDraft;
}

/** The rates a draft stands for; or the names of the cells that are no numbers. */
export function readDraft(draft: PriceDraft): { rates: RateSet } | { faulty: string[] } {
  const read = CELLS.map((cell) => ({
    ...cell,
    value: readParts(draft[cell.name], decimalsOf(cell.kind)),
  }));
  const faulty = read.filter(({ value }) => value === null).map(({ name }) => name);
  if (faulty.length > 0) return { faulty };
  const ratesOf = (kind: RateKind) =>
    Object.fromEntries(
      read.filter((cell) => cell.kind === kind).map(({ line, value }) => [line, value]),
    ) as unknown as Rates;
  const rates = Object.fromEntries(RATE_KINDS.map((kind) => [kind, ratesOf(kind)])) as RateSet;
  return { rates };
}

/** A currency as it was typed, by its code; null where it is none. */
export function readCurrency(typed: string): string | null {
  const code = typed.normalize('NFKC').trim().toUpperCase();
  return /^[A-Z]{3}$/.test(code) ? code : null;
}

/** What is read and written for an answer of a few paragraphs with its passages. */
export const TYPICAL = { fresh: 2400, cached: 1200, written: 700 };

export interface TypicalCost {
  offPeak: number;
  peak: number;
  /** Millionths of the currency. */
  providerOffPeak: number;
  providerPeak: number;
}

export function typicalCost(rates: RateSet): TypicalCost {
  const { fresh, cached, written } = TYPICAL;
  const asked = ({ prompt, cached: read, completion }: Rates) =>
    Math.ceil((fresh * prompt + cached * read + written * completion) / 1e6);
  return {
    offPeak: costOf(rates.offPeak, TYPICAL),
    peak: costOf(rates.peak, TYPICAL),
    providerOffPeak: asked(rates.providerOffPeak),
    providerPeak: asked(rates.providerPeak),
  };
}
