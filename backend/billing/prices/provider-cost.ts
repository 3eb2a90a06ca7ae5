import { type Price, priceAt, type Rates, type TokenCounts } from './price.ts';

/** Rates are millionths of the currency per million tokens. */
const PER_FEN = 1_000_000 * 1_000_000 * 0.01;

/** What the provider asks for so many tokens, in fen, rounded up; null for one that is not paid in yuan. */
export function providerCostFen(
  prices: readonly Price[],
  model: string,
  counts: TokenCounts,
  now: Date,
): { peak: number; offPeak: number } | null {
  const price = priceAt(prices, model, now);
  if (price?.currency !== 'CNY') return null;
  return {
    peak: fenOf(price.providerPeak, counts),
    offPeak: fenOf(price.providerOffPeak, counts),
  };
}

function fenOf(
  rates: Rates,
  { promptTokens, cachedTokens, completionTokens }: TokenCounts,
): number {
  const sum =
    cachedTokens * rates.cached +
    (promptTokens - cachedTokens) * rates.prompt +
    completionTokens * rates.completion;
  return Math.ceil(sum / PER_FEN);
}
