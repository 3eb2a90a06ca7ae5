import { AppError } from '../../errors.ts';
import type { Read } from '../../platform/database/reading.ts';
import { beijingClock, beijingMidnight } from '../beijing-time.ts';
import type { FlowStore } from './flow-store.ts';
import type { Stats, StatsStore } from './stats-store.ts';
import { NOTHING_USED, sumOf, type UsageItem, type UsageKey } from './usage.ts';
import type { UsageService } from './usage-service.ts';

export interface ReportedItem extends UsageItem {
  revenueFen?: number;
}

export interface UsageReport {
  from: Date;
  to: Date;
  by: UsageKey;
  items: ReportedItem[];
}

export interface SiteStats extends Stats {
  tokens: { prompt: number; cached: number; completion: number };
  balanceTokens: { sold: number; granted: number; used: number };
}

export interface StatsService {
  stats(now?: Date): Promise<SiteStats>;
  usage(
    asked: { from?: Date | undefined; to?: Date | undefined; by: UsageKey },
    now?: Date,
  ): Promise<UsageReport>;
}

const USUAL_DAYS = 30;
const LONGEST_MS = 400 * 24 * 60 * 60 * 1000;
/** Nothing is summed up before; and PostgreSQL knows no year 0. */
const BEGINNING = new Date(0);

export function createStatsService(parts: {
  read: Read<{ stats: StatsStore; flows: Pick<FlowStore, 'totals'> }>;
  usage: Pick<UsageService, 'report'>;
}): StatsService {
  const { read, usage } = parts;

  function periodOf(asked: { from?: Date | undefined; to?: Date | undefined }, now: Date) {
    const to = asked.to ?? daysLater(now, 1);
    const from = asked.from ?? daysLater(to, -USUAL_DAYS);
    if (from >= to) throw invalid('from', '必须早于 to');
    if (to.getTime() - from.getTime() > LONGEST_MS) throw invalid('from', '最多 400 天');
    return { from, to };
  }

  return {
    async stats(now = new Date()) {
      const [day, sevenDays] = [daysLater(now, 0), daysLater(now, -6)];
      const period = { from: BEGINNING, to: daysLater(now, 1) };
      const used = (await usage.report(period, 'model', now)).reduce(sumOf, NOTHING_USED);
      const { promptTokens: prompt, cachedTokens: cached, completionTokens: completion } = used;
      const { totals, counts } = await read(undefined, async ({ stats, flows }) => ({
        totals: await flows.totals(),
        counts: await stats.read({ day, sevenDays }),
      }));
      const { grant, recharge, refund, consume, settle } = totals;
      return {
        ...counts,
        tokens: { prompt, cached, completion },
        // `0 -`, for `-0` is a number of its own.
        balanceTokens: { sold: recharge + refund, granted: grant, used: 0 - (consume + settle) },
      };
    },
    async usage({ by, ...asked }, now = new Date()) {
      const period = periodOf(asked, now);
      const items = await usage.report(period, by, now);
      if (by !== 'day') return { ...period, by, items };
      const revenue = await read(undefined, ({ stats }) => stats.revenueByDay(period));
      return { ...period, by, items: withRevenue(items, revenue) };
    },
  };
}

/** A day on which money came in has a line, whether or not anything was used. */
function withRevenue(
  items: readonly UsageItem[],
  revenue: ReadonlyMap<string, number>,
): ReportedItem[] {
  const left = new Map(revenue);
  const reported = items.map((item) => {
    const revenueFen = item.currency === 'CNY' ? (left.get(item.key) ?? 0) : 0;
    if (item.currency === 'CNY') left.delete(item.key);
    return { ...item, revenueFen };
  });
  const unused = [...left].map(([key, revenueFen]) => ({
    ...NOTHING_USED,
    ...{ key, currency: 'CNY', revenueFen },
  }));
  return [...reported, ...unused].sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** A midnight in Beijing: the one before a moment, or so many days later. */
function daysLater(moment: Date, days: number): Date {
  const clock = beijingClock(moment);
  return beijingMidnight(clock.getUTCFullYear(), clock.getUTCMonth(), clock.getUTCDate() + days);
}

function invalid(path: string, message: string): AppError {
  return new AppError(400, 'invalid_input', '请求的内容有误。', { details: [{ path, message }] });
}
