import type { Rates, TokenCounts } from '../prices/price.ts';

/** What was used, summed over answers. */
export interface UsageAmounts extends TokenCounts {
  requests: number;
  /** In balance tokens: what learners paid. */
  cost: number;
  /** Millionths of the currency: what the provider asks, by its own prices. */
  providerCost: number;
}

export interface UsageRow extends UsageAmounts {
  hour: Date;
  userId: string;
  /** As the provider names it. */
  model: string;
  currency: string;
}

export type UsageKey = 'day' | 'model' | 'user';

export interface UsageItem extends UsageAmounts {
  /** A day of Beijing's calendar, a model or a user. */
  key: string;
  currency: string;
}

/** One answer, as it is written down with its settlement. */
export interface AnswerUsage extends TokenCounts {
  messageId: string;
  userId: string;
  model: string;
  cost: number;
  currency: string;
  providerCost: number;
}

export const HOUR_MS = 60 * 60 * 1000;

export const NOTHING_USED: UsageAmounts = {
  requests: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  cost: 0,
  providerCost: 0,
};

const KEYS = Object.keys(NOTHING_USED) as (keyof UsageAmounts)[];

export function hourOf(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / HOUR_MS) * HOUR_MS);
}

export function sumOf(one: UsageAmounts, other: UsageAmounts): UsageAmounts {
  const sum = { ...NOTHING_USED };
  for (const key of KEYS) sum[key] = one[key] + other[key];
  return sum;
}

export function isSame(one: UsageAmounts, other: UsageAmounts): boolean {
  return KEYS.every((key) => one[key] === other[key]);
}

/**
 * What the provider asks, in millionths of its currency, rounded up. Its rates are millionths per
 * million tokens.
 */
export function providerCostOf(rates: Rates, counts: TokenCounts): number {
  const cached = Math.min(counts.cachedTokens, counts.promptTokens);
  const exact =
    cached * rates.cached +
    (counts.promptTokens - cached) * rates.prompt +
    counts.completionTokens * rates.completion;
  return Math.ceil(exact / 1_000_000);
}
