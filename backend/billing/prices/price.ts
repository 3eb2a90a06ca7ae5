/** What a provider token costs, in thousandths of a balance token; whole numbers. */
export interface Rates {
  /** Read from the provider's prefix cache. */
  cached: number;
  /** Read anew. */
  prompt: number;
  /** Written, reasoning included. */
  completion: number;
}

/** What a model costs from a moment on, until a later row for it takes effect. Never changed. */
export interface Price {
  id: string;
  /** As the provider names it; `*` stands for models nobody has priced. */
  model: string;
  /** Of what the provider asks for; millionths of it per million tokens. */
  currency: string;
  effectiveFrom: Date;
  offPeak: Rates;
  peak: Rates;
  providerOffPeak: Rates;
  providerPeak: Rates;
}

export const ANY_MODEL = '*';

/** Provider tokens of one answer, as the provider counted them. */
export interface TokenCounts {
  /** All that was read, cached or not. */
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

/** Whole balance tokens, rounded up; never less than nothing. */
export function costOf(rates: Rates, counts: TokenCounts): number {
  const cached = Math.min(counts.cachedTokens, counts.promptTokens);
  const thousandths =
    cached * rates.cached +
    (counts.promptTokens - cached) * rates.prompt +
    counts.completionTokens * rates.completion;
  return Math.ceil(thousandths / 1000);
}

/** How many tokens may be written for what is left after reading the prompt. */
export function affordableOutput(rates: Rates, promptTokens: number, available: number): number {
  const left = available * 1000 - promptTokens * rates.prompt;
  if (rates.completion === 0) return left < 0 ? 0 : Number.MAX_SAFE_INTEGER;
  return Math.max(0, Math.floor(left / rates.completion));
}

/** How much is read for an answer, and how much written. */
export interface Extent {
  promptTokens: number;
  outputTokens: number;
}

/**
 * The most of an answer that is affordable: first less is read than might be, then less is written;
 * `undefined` when not even the least is. What it costs in full is never more than `available`.
 */
export function affordableExtent(
  rates: Rates,
  least: Extent,
  most: Extent,
  available: number,
): Extent | undefined {
  const affordable = affordablePrompt(rates, most.outputTokens, available);
  const wanted = Math.min(most.promptTokens, affordable);
  const promptTokens = Math.max(least.promptTokens, wanted);
  const outputTokens = Math.min(
    most.outputTokens,
    affordableOutput(rates, promptTokens, available),
  );
  const cost = costOf(rates, { promptTokens, cachedTokens: 0, completionTokens: outputTokens });
  const isEnough = outputTokens >= least.outputTokens && cost <= available;
  return isEnough ? { promptTokens, outputTokens } : undefined;
}

function affordablePrompt(rates: Rates, outputTokens: number, available: number): number {
  const left = available * 1000 - outputTokens * rates.completion;
  if (rates.prompt === 0) return left < 0 ? 0 : Number.MAX_SAFE_INTEGER;
  return Math.max(0, Math.floor(left / rates.prompt));
}

/**
 * The row for a model at a moment. The provider may answer with a dated name of the model that was
 * asked for (`deepseek-flash-1017`): the longest name it begins with counts.
 */
export function priceAt(prices: readonly Price[], model: string, moment: Date): Price | undefined {
  const inForce = prices.filter(({ effectiveFrom }) => effectiveFrom <= moment);
  const matching = inForce.filter(
    (price) => price.model === ANY_MODEL || model.toLowerCase().startsWith(price.model),
  );
  const specificity = (price: Price) => (price.model === ANY_MODEL ? 0 : price.model.length);
  return matching.sort(
    (one, other) =>
      specificity(other) - specificity(one) ||
      other.effectiveFrom.getTime() - one.effectiveFrom.getTime(),
  )[0];
}
