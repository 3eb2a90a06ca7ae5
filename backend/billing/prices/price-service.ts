import type { Administrator, AuditTrail } from '../../audit-trail.ts';
import { AppError } from '../../errors.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { deedOf } from '../audit-trail.ts';
import { isPeak } from './peak-hours.ts';
import { type Price, priceAt, type Rates } from './price.ts';
import type { PriceStore } from './price-store.ts';

/** What a model costs learners now. */
export interface CurrentPrice extends Pick<Price, 'currency' | 'offPeak' | 'peak'> {
  /** As it is asked for. */
  model: string;
  peakNow: boolean;
  now: Rates;
  effectiveFrom: Date;
}

export type NewPrice = Omit<Price, 'id' | 'effectiveFrom'> & {
  /** As soon as may be when left out: a few seconds later. */
  effectiveFrom?: Date | undefined;
};

export interface PriceService {
  current(now?: Date): Promise<CurrentPrice[]>;
  /** All rows there ever were, newest first. */
  all(): Promise<Price[]>;
  /** Adds a row; never changes what was charged before. */
  add(by: Administrator, price: NewPrice): Promise<Price>;
}

/** How far the clock of whoever sets a price may be behind ours: then it holds at once. */
const CLOCK_TOLERANCE_MS = 60_000;
/**
 * A price is known a little before it holds: who is asking while it is written is not charged by what
 * they could not have seen.
 */
const LEAD_MS = 3_000;
const LEAST_LEAD_MS = 1_000;

export function createPriceService(parts: {
  stores: { prices: Pick<PriceStore, 'all'> };
  transact: Transact<{ prices: Pick<PriceStore, 'insert' | 'now'>; audit: AuditTrail }>;
  /** What may be asked, by the names it is asked for. */
  models: readonly string[];
}): PriceService {
  const { stores, transact, models } = parts;
  return {
    async current(now = new Date()) {
      const prices = await stores.prices.all();
      const peakNow = isPeak(now);
      return models.flatMap((model) => {
        const price = priceAt(prices, model, now);
        if (!price) return [];
        const { currency, offPeak, peak, effectiveFrom } = price;
        const rates = peakNow ? peak : offPeak;
        return [{ model, currency, peakNow, now: rates, offPeak, peak, effectiveFrom }];
      });
    },

    all: () => stores.prices.all(),

    add(by, { effectiveFrom: wished, ...rest }) {
      return transact(async ({ prices, audit }) => {
        const effectiveFrom = momentOf(wished, await prices.now());
        const price = await prices.insert({ ...rest, effectiveFrom }, by.userId);
        if (!price) {
          throw new AppError(409, 'conflict', '这个模型在这一时刻已经有一个价格，请换一个时间。');
        }
        const detail = { ...rest, effectiveFrom: effectiveFrom.toISOString() };
        const target = { targetType: 'price', targetId: price.id, detail };
        await audit.record(deedOf(by, 'price.add', target));
        const lead = effectiveFrom.getTime() - (await prices.now()).getTime();
        if (lead < LEAST_LEAD_MS) throw tookTooLong();
        return price;
      });
    },
  };
}

/** Not even a second of the past is priced anew: answers that are being written keep their price. */
function momentOf(wished: Date | undefined, now: Date): Date {
  const soonest = new Date(now.getTime() + LEAD_MS);
  if (!wished) return soonest;
  if (now.getTime() - wished.getTime() <= CLOCK_TOLERANCE_MS) {
    return wished > soonest ? wished : soonest;
  }
  throw new AppError(400, 'invalid_input', '价格只能从现在或以后开始，已经过去的不能再改。', {
    details: [{ path: 'effectiveFrom', message: '不能早于现在' }],
  });
}

function tookTooLong(): AppError {
  return new AppError(409, 'conflict', '保存这个价格花了太久，没有写入，请再试一次。');
}
