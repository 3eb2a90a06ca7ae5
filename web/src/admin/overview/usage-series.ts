import type { UsageItem } from '../billing-types.ts';

export const MEASURES = ['cost', 'requests', 'revenueFen'] as const;
export type Measure = (typeof MEASURES)[number];

export interface Usage {
  key: string;
  requests: number;
  cost: number;
  revenueFen: number;
  /** Millionths, by currency. */
  provider: Readonly<Record<string, number>>;
}

const DAY_MS = 86_400_000;
const none = (key: string): Usage => ({ key, requests: 0, cost: 0, revenueFen: 0, provider: {} });

function added(one: Usage, item: UsageItem): Usage {
  const { currency, providerCost } = item;
  return {
    key: one.key,
    requests: one.requests + item.requests,
    cost: one.cost + item.cost,
    revenueFen: one.revenueFen + (item.revenueFen ?? 0),
    provider: { ...one.provider, [currency]: (one.provider[currency] ?? 0) + providerCost },
  };
}

/** One for each key, whatever the currencies of the providers are; in the order they come. */
export function byKey(items: readonly UsageItem[]): Usage[] {
  const sums = new Map<string, Usage>();
  for (const item of items) {
    sums.set(item.key, added(sums.get(item.key) ?? none(item.key), item));
  }
  return [...sums.values()];
}

/** Every day from the first to the last, also those on which nothing happened. */
export function byDay(items: readonly UsageItem[], from: string, to: string): Usage[] {
  const known = new Map(byKey(items).map((usage) => [usage.key, usage]));
  const days: Usage[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY_MS) {
    const key = new Date(time).toISOString().slice(0, 10);
    days.push(known.get(key) ?? none(key));
  }
  return days;
}

export function totalOf(series: readonly Usage[], measure: Measure): number {
  return series.reduce((sum, usage) => sum + usage[measure], 0);
}

/** The last days up to today, by Beijing's calendar. */
export function lastDays(count: number, now: Date): { from: string; to: string } {
  const clock = now.getTime() + 8 * 3_600_000;
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  return { from: day(clock - (count - 1) * DAY_MS), to: day(clock) };
}
