import type { Rates, Usage } from '../api/billing-types.ts';

export interface ReceiptLine {
  what: 'fresh' | 'cached' | 'written';
  /** Tokens of the model. */
  count: number;
  /** Thousandths of a balance token for each. */
  rate: number;
  /** Thousandths of a balance token. */
  sum: number;
}

export interface Receipt {
  cost: number;
  /** Empty where nothing was charged or nobody knows by which rates. */
  lines: ReceiptLine[];
  /** Of what was written. */
  reasoning: number;
  /** The lines come to more: no answer costs more than was set aside for it. */
  capped: boolean;
}

const isFree = (rates: Rates) => Object.values(rates).every((rate) => rate === 0);

/** Null for an answer that was free by its price: there is nothing to reckon up. */
export function receiptOf(usage: Usage): Receipt | null {
  const { cost, rates } = usage;
  if (cost === 0 && (usage.model === 'offline' || (rates && isFree(rates)))) return null;
  const lines = rates && cost > 0 ? linesOf(usage, rates) : [];
  const sum = lines.reduce((total, line) => total + line.sum, 0);
  const capped = lines.length > 0 && Math.ceil(sum / 1000) > cost;
  return { cost, lines, reasoning: usage.reasoningTokens ?? 0, capped };
}

function linesOf(usage: Usage, rates: Rates): ReceiptLine[] {
  const cached = Math.min(usage.cachedTokens, usage.promptTokens);
  const line = (what: ReceiptLine['what'], count: number, rate: number) => ({
    ...{ what, count, rate },
    sum: count * rate,
  });
  return [
    line('fresh', usage.promptTokens - cached, rates.prompt),
    ...(cached > 0 ? [line('cached', cached, rates.cached)] : []),
    line('written', usage.completionTokens, rates.completion),
  ];
}

/** What an answer costs that reads and writes so much, in whole balance tokens. */
export function costOf(rates: Rates, usage: { cached: number; fresh: number; written: number }) {
  const { cached, fresh, written } = usage;
  const sum = cached * rates.cached + fresh * rates.prompt + written * rates.completion;
  return Math.ceil(sum / 1000);
}
