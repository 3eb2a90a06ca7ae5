import type { DatedPrice } from '../billing-types.ts';

export interface ModelPrices {
  model: string;
  future: DatedPrice[];
  current: DatedPrice | null;
  past: DatedPrice[];
}

/** Rows by model, newest first within each; models by name, the one for all others last. */
export function groupPrices(prices: readonly DatedPrice[], now: Date): ModelPrices[] {
  const groups = [...new Set(prices.map(({ model }) => model))].map((model): ModelPrices => {
    const rows = prices.filter((row) => row.model === model);
    const newestFirst = rows.sort((one, other) => startOf(other) - startOf(one));
    const future = newestFirst.filter((row) => startOf(row) > now.getTime());
    const [current = null, ...past] = newestFirst.slice(future.length);
    return { model, future, current, past };
  });
  const last = ({ model }: ModelPrices) => (model === '*' ? 1 : 0);
  return groups.sort((one, other) => last(one) - last(other) || (one.model < other.model ? -1 : 1));
}

const startOf = ({ effectiveFrom }: DatedPrice) => Date.parse(effectiveFrom);
