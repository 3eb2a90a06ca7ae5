import type { Logger } from '../../logger.ts';
import type { Counters } from '../../platform/counters/counters.ts';
import type { Price, TokenCounts } from '../prices/price.ts';
import type { PriceStore } from '../prices/price-store.ts';
import {
  HOUR_MS,
  hourOf,
  NOTHING_USED,
  providerCostOf,
  type UsageAmounts,
  type UsageRow,
} from './usage.ts';

/** An answer that has just been settled, with what its receipt says. */
export interface EndedAnswer extends TokenCounts {
  userId: string;
  model: string;
  cost: number;
  priceId?: string;
  peak?: boolean;
}

export type LiveRow = Omit<UsageRow, 'hour'>;

/**
 * What was used in the hour that is not over yet, counted answer by answer in all processes, each of
 * which collects for a second before it passes its counts on. One that dies takes that second with it,
 * and Redis may come back empty: whoever reads compares the totals with the answers themselves.
 */
export interface LiveUsage {
  count(answer: EndedAnswer, now?: Date): void;
  /** `undefined` when nobody can tell. */
  read(hour: Date): Promise<LiveRow[] | undefined>;
  /** Passes on what was collected. */
  flush(): Promise<void>;
}

type Receipt = EndedAnswer & Required<Pick<EndedAnswer, 'priceId' | 'peak'>>;
type Sums = Record<string, number>;

const COLLECT_MS = 1_000;
const TTL_SECONDS = (2 * HOUR_MS) / 1000;
const MEASURES = Object.keys(NOTHING_USED) as (keyof UsageAmounts)[];

const setOf = (hour: Date) => `usage:${hour.toISOString()}`;

export function createLiveUsage(
  counters: Counters,
  prices: Pick<PriceStore, 'byId'>,
  logger: Logger,
): LiveUsage {
  const priceOf = rememberPrices(prices);
  const ended: { set: string; answer: Receipt }[] = [];
  let sums = new Map<string, Sums>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  function passOnSoon(): void {
    timer ??= setTimeout(() => {
      flush().catch((error: unknown) => logger.warn({ err: error }, 'usage not passed on'));
    }, COLLECT_MS).unref();
  }

  function collect(set: string, amounts: Readonly<Sums>): void {
    const collected = sums.get(set) ?? {};
    for (const [key, amount] of Object.entries(amounts)) {
      collected[key] = (collected[key] ?? 0) + amount;
    }
    sums.set(set, collected);
  }

  async function passOn(): Promise<void> {
    for (let next = ended[0]; next; next = ended[0]) {
      const { set, answer } = next;
      collect(set, amountsOf(answer, await priceOf(answer.priceId)));
      ended.shift();
    }
    const batch = sums;
    sums = new Map();
    const oldest = setOf(new Date(Date.now() - TTL_SECONDS * 1000));
    for (const [set, amounts] of batch) {
      // Kept for the next time while the counters are away, but not for ever.
      if (!(await counters.add(set, amounts, TTL_SECONDS)) && set > oldest) collect(set, amounts);
    }
    if (sums.size > 0) passOnSoon();
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    flushing = flushing.then(passOn, passOn);
    return flushing;
  }

  return {
    count(answer, now = new Date()) {
      const { priceId, peak } = answer;
      // Without a receipt somebody else settled it, and counted it.
      if (priceId === undefined || peak === undefined) return;
      ended.push({ set: setOf(hourOf(now)), answer: { ...answer, priceId, peak } });
      passOnSoon();
    },
    async read(hour) {
      await flush();
      const read = await counters.read(setOf(hour));
      return read && toRows(read);
    },
    flush,
  };
}

/** Rows of prices never change, so each is looked up once. */
function rememberPrices(prices: Pick<PriceStore, 'byId'>) {
  const known = new Map<string, Price>();
  return async (id: string): Promise<Price> => {
    const price = known.get(id) ?? (await prices.byId(id));
    if (!price) throw new Error(`no price ${id}`);
    known.set(id, price);
    return price;
  };
}

function amountsOf({ userId, model, peak, ...used }: Receipt, price: Price): Sums {
  const rates = peak ? price.providerPeak : price.providerOffPeak;
  const amounts = { ...used, requests: 1, providerCost: providerCostOf(rates, used) };
  return Object.fromEntries(
    MEASURES.map((measure) => [
      JSON.stringify([userId, model, price.currency, measure]),
      amounts[measure],
    ]),
  );
}

function toRows(sums: Sums): LiveRow[] {
  const rows = new Map<string, LiveRow>();
  for (const [key, sum] of Object.entries(sums)) {
    const [userId, model, currency, measure]: [string, string, string, keyof UsageAmounts] =
      JSON.parse(key);
    const id = `${userId} ${model} ${currency}`;
    const row = rows.get(id) ?? { userId, model, currency, ...NOTHING_USED };
    row[measure] = sum;
    rows.set(id, row);
  }
  return [...rows.values()];
}
