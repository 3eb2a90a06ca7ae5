import type { Transact } from '../../platform/database/transact.ts';
import { beijingClock } from '../beijing-time.ts';
import { isPeak } from '../prices/peak-hours.ts';
import { priceAt } from '../prices/price.ts';
import type { PriceStore } from '../prices/price-store.ts';
import type { LiveUsage } from './live-usage.ts';
import {
  HOUR_MS,
  hourOf,
  NOTHING_USED,
  providerCostOf,
  sumOf,
  type UsageItem,
  type UsageKey,
  type UsageRow,
} from './usage.ts';
import type { Period, UsageStore } from './usage-store.ts';

export interface UsageService {
  /** Sums up the hours that are over; those of the last day anew, for what was committed late. */
  rollUp(now?: Date): Promise<void>;
  /** What was used, up to this moment; days in their order, the rest by cost, most first. */
  report(period: Period, by: UsageKey, now?: Date): Promise<UsageItem[]>;
}

const SETTLED_AFTER_MS = 24 * HOUR_MS;

export function createUsageService(parts: {
  /** For reports, which may come from a replica. */
  reader: Pick<UsageStore, 'summed' | 'ofAnswers' | 'rolledUntil'>;
  stores: { usage: Pick<UsageStore, 'rolledUntil'>; prices: Pick<PriceStore, 'inForce'> };
  transact: Transact<{ usage: UsageStore }>;
  live: Pick<LiveUsage, 'read'>;
}): UsageService {
  const { reader, stores, transact, live } = parts;

  /** Of the hour that is not over; asked of its answers when nobody has counted it. */
  async function liveHour(hour: Date): Promise<UsageRow[]> {
    const rows = (await live.read(hour)) ?? [];
    if (rows.length === 0) {
      return reader.ofAnswers({ from: hour, to: new Date(hour.getTime() + HOUR_MS) });
    }
    return Promise.all(
      rows.map(async (row) => {
        const price = priceAt(await stores.prices.inForce(row.model, hour), row.model, hour);
        const rates = isPeak(hour) ? price?.providerPeak : price?.providerOffPeak;
        const providerCost = rates ? providerCostOf(rates, row) : 0;
        return { ...row, hour, currency: price?.currency ?? 'CNY', providerCost };
      }),
    );
  }

  /** What the summed hours do not hold yet. */
  async function sinceThen(rolledUntil: Date, now: Date): Promise<UsageRow[]> {
    const current = hourOf(now);
    const over =
      rolledUntil < current ? await reader.ofAnswers({ from: rolledUntil, to: current }) : [];
    return rolledUntil > current ? over : [...over, ...(await liveHour(current))];
  }

  return {
    async rollUp(now = new Date()) {
      const rolledUntil = await stores.usage.rolledUntil();
      const from = new Date(Math.max(0, rolledUntil.getTime() - SETTLED_AFTER_MS));
      await transact(({ usage }) => usage.rollUp({ from, to: hourOf(now) }));
    },
    async report(period, by, now = new Date()) {
      const from = hourOf(period.from);
      const rolledUntil = await reader.rolledUntil();
      const summed = await reader.summed({ from, to: period.to }, by);
      const later = period.to > rolledUntil ? await sinceThen(rolledUntil, now) : [];
      const within = later.filter(({ hour }) => hour >= from && hour < period.to);
      return inOrder([...summed, ...within.map((row) => toItem(row, by))], by);
    },
  };
}

const KEY_OF: Record<UsageKey, (row: UsageRow) => string> = {
  day: ({ hour }) => beijingClock(hour).toISOString().slice(0, 10),
  model: ({ model }) => model,
  user: ({ userId }) => userId,
};

function toItem(row: UsageRow, by: UsageKey): UsageItem {
  return { ...sumOf(NOTHING_USED, row), key: KEY_OF[by](row), currency: row.currency };
}

/** Those of one key and currency together. */
function inOrder(parts: readonly UsageItem[], by: UsageKey): UsageItem[] {
  const items = new Map<string, UsageItem>();
  for (const { key, currency, ...amounts } of parts) {
    const id = `${key} ${currency}`;
    const before = items.get(id) ?? NOTHING_USED;
    items.set(id, { ...sumOf(before, amounts), key, currency });
  }
  const byDay = (one: UsageItem, other: UsageItem) => (one.key < other.key ? -1 : 1);
  const byCost = (one: UsageItem, other: UsageItem) =>
    other.cost - one.cost || other.requests - one.requests || byDay(one, other);
  return [...items.values()].sort(by === 'day' ? byDay : byCost);
}
