import type { Read } from '../../platform/database/reading.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { beijingClock } from '../beijing-time.ts';
import type { FlowStore } from './flow-store.ts';
import type { LiveUsage } from './live-usage.ts';
import {
  HOUR_MS,
  hourOf,
  isSame,
  NOTHING_USED,
  sumOf,
  type UsageAmounts,
  type UsageItem,
  type UsageKey,
  type UsageRow,
} from './usage.ts';
import type { Period, UsageStore } from './usage-store.ts';

export interface UsageService {
  /** Sums up the hours that are over, of use and of the ledger; those of the last day anew, for what was committed late. */
  rollUp(now?: Date): Promise<void>;
  /** What was used, up to this moment; days in their order, the rest by cost, most first. */
  report(period: Period, by: UsageKey, now?: Date): Promise<UsageItem[]>;
}

const SETTLED_AFTER_MS = 24 * HOUR_MS;

export function createUsageService(parts: {
  /** For what is summed up in reports. */
  read: Read<{ usage: Pick<UsageStore, 'summed' | 'ofAnswers' | 'rolledUntil'> }>;
  stores: {
    usage: Pick<UsageStore, 'rolledUntil' | 'totalOf' | 'ofAnswers'>;
    flows: Pick<FlowStore, 'rolledUntil'>;
  };
  transact: Transact<{ usage: UsageStore; flows: Pick<FlowStore, 'rollUp'> }>;
  live: Pick<LiveUsage, 'read'>;
}): UsageService {
  const { read, stores, transact, live } = parts;

  /**
   * Of the hour that is not over: as it was counted where that comes to what the answers say, which is
   * four times cheaper than sorting them; else from the answers.
   */
  async function liveHour(hour: Date): Promise<UsageRow[]> {
    const period = { from: hour, to: new Date(hour.getTime() + HOUR_MS) };
    const rows = await live.read(hour);
    const counted = rows?.reduce<UsageAmounts>(sumOf, NOTHING_USED);
    if (rows && counted && isSame(counted, await stores.usage.totalOf(period))) {
      return rows.map((row) => ({ ...row, hour }));
    }
    return stores.usage.ofAnswers(period);
  }

  /** What the summed hours do not hold yet. */
  async function sinceThen(rolledUntil: Date, now: Date): Promise<UsageRow[]> {
    const current = hourOf(now);
    const period = { from: rolledUntil, to: current };
    const over =
      rolledUntil < current ? await read(undefined, ({ usage }) => usage.ofAnswers(period)) : [];
    return rolledUntil > current ? over : [...over, ...(await liveHour(current))];
  }

  return {
    async rollUp(now = new Date()) {
      const [used, flowed] = await Promise.all([
        stores.usage.rolledUntil(),
        stores.flows.rolledUntil(),
      ]);
      const to = hourOf(now);
      await transact(({ usage }) => usage.rollUp({ from: againFrom(used, to), to }));
      await transact(({ flows }) => flows.rollUp({ from: againFrom(flowed, to), to }));
    },
    async report(period, by, now = new Date()) {
      const from = hourOf(period.from);
      const [rolledUntil, summed] = await read(undefined, async ({ usage }) => [
        await usage.rolledUntil(),
        await usage.summed({ from, to: period.to }, by),
      ]);
      const later = period.to > rolledUntil ? await sinceThen(rolledUntil, now) : [];
      const within = later.filter(({ hour }) => hour >= from && hour < period.to);
      return inOrder([...summed, ...within.map((row) => toItem(row, by))], by);
    },
  };
}

/** No later than a day ago, even if somebody has put in an hour that is yet to come. */
function againFrom(rolledUntil: Date, to: Date): Date {
  const until = Math.min(rolledUntil.getTime(), to.getTime());
  return new Date(Math.max(0, until - SETTLED_AFTER_MS));
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
