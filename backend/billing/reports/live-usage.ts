import type { Logger } from '../../logger.ts';
import type { Counters } from '../../platform/counters/counters.ts';
import type { TokenCounts } from '../prices/price.ts';
import { HOUR_MS, hourOf } from './usage.ts';

/** An answer that has just been settled. */
export interface EndedAnswer extends TokenCounts {
  userId: string;
  model: string;
  cost: number;
}

export interface LiveRow extends TokenCounts {
  userId: string;
  model: string;
  requests: number;
  cost: number;
}

/**
 * What was used in the hour that is not over yet, counted answer by answer in all processes. A process collects for a second before it passes its counts on; one that dies takes that second
 * with it, which the summing up of the hour makes good.
 */
export interface LiveUsage {
  count(answer: EndedAnswer, now?: Date): void;
  /** `undefined` when nobody can tell. */
  read(hour: Date): Promise<LiveRow[] | undefined>;
  /** Passes on what was collected. */
  flush(): Promise<void>;
}

const COLLECT_MS = 1_000;
const TTL_SECONDS = (2 * HOUR_MS) / 1000;
const MEASURES = ['requests', 'promptTokens', 'cachedTokens', 'completionTokens', 'cost'] as const;

const setOf = (hour: Date) => `usage:${hour.toISOString()}`;

export function createLiveUsage(counters: Counters, logger: Logger): LiveUsage {
  let collected = new Map<string, Record<string, number>>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  function collect(set: string, amounts: Readonly<Record<string, number>>): void {
    const sums = collected.get(set) ?? {};
    for (const [key, amount] of Object.entries(amounts)) sums[key] = (sums[key] ?? 0) + amount;
    collected.set(set, sums);
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => logger.warn({ err: error }, 'usage not passed on'));
    }, COLLECT_MS).unref();
  }

  async function passOn(): Promise<void> {
    const batch = collected;
    collected = new Map();
    const oldest = setOf(new Date(Date.now() - TTL_SECONDS * 1000));
    for (const [set, amounts] of batch) {
      // Kept for the next time while the counters are away, but not for ever.
      if (!(await counters.add(set, amounts, TTL_SECONDS)) && set > oldest) collect(set, amounts);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    flushing = flushing.then(passOn, passOn);
    return flushing;
  }

  return {
    count({ userId, model, ...amounts }, now = new Date()) {
      const counted = { ...amounts, requests: 1 };
      const keyed = MEASURES.map((measure) => [
        JSON.stringify([userId, model, measure]),
        counted[measure],
      ]);
      collect(setOf(hourOf(now)), Object.fromEntries(keyed));
    },
    async read(hour) {
      await flush();
      const sums = await counters.read(setOf(hour));
      return sums && toRows(sums);
    },
    flush,
  };
}

function toRows(sums: Record<string, number>): LiveRow[] {
  const rows = new Map<string, LiveRow>();
  for (const [key, sum] of Object.entries(sums)) {
    const [userId, model, measure]: [string, string, (typeof MEASURES)[number]] = JSON.parse(key);
    const nothing = { requests: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0, cost: 0 };
    const row = rows.get(`${userId} ${model}`) ?? { userId, model, ...nothing };
    row[measure] = sum;
    rows.set(`${userId} ${model}`, row);
  }
  return [...rows.values()];
}
