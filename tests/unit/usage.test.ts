import fc from 'fast-check';
import type { Price } from '../../backend/billing/prices/price.ts';
import { createLiveUsage } from '../../backend/billing/reports/live-usage.ts';
import {
  HOUR_MS,
  hourOf,
  NOTHING_USED,
  providerCostOf,
  sumOf,
} from '../../backend/billing/reports/usage.ts';
import { lastSlot } from '../../backend/jobs/daily-slot.ts';
import type { Counters } from '../../backend/platform/counters/counters.ts';
import { createMemoryCounters } from '../../backend/platform/counters/memory-counters.ts';
import { silentLogger } from '../support/redis-space.ts';

const answer = {
  userId: 'learner',
  model: 'deepseek-flash',
  promptTokens: 1_000,
  cachedTokens: 400,
  completionTokens: 50,
  cost: 740,
  priceId: 'flash',
  peak: false,
};

const rates = { cached: 20_000, prompt: 1_000_000, completion: 4_000_000 };
const twice = { cached: 40_000, prompt: 2_000_000, completion: 8_000_000 };
const price: Price = {
  ...{ id: 'flash', model: 'deepseek-flash', currency: 'CNY', effectiveFrom: new Date(0) },
  ...{ offPeak: rates, peak: rates, providerOffPeak: rates, providerPeak: twice },
};
const prices = {
  byId: async (id: string) => ({ ...price, id, currency: id === 'dollars' ? 'USD' : 'CNY' }),
};

describe('what was used', () => {
  it('is summed measure by measure', () => {
    const one = { ...NOTHING_USED, requests: 1, cost: 5 };
    const other = { ...NOTHING_USED, requests: 2, promptTokens: 7 };
    expect(sumOf(one, other)).toEqual({ ...NOTHING_USED, requests: 3, cost: 5, promptTokens: 7 });
  });

  it('costs us what the provider asks per million, rounded up', () => {
    const rates = { cached: 20_000, prompt: 1_000_000, completion: 4_000_000 };
    const million = { promptTokens: 1e6, cachedTokens: 0, completionTokens: 0 };
    expect(providerCostOf(rates, million)).toBe(1_000_000);
    expect(providerCostOf(rates, { ...million, cachedTokens: 1e6 })).toBe(20_000);
    expect(providerCostOf(rates, answer)).toBe(8 + 600 + 200);
    const little = { promptTokens: 1, cachedTokens: 1, completionTokens: 0 };
    expect(providerCostOf(rates, little)).toBe(1);
  });

  it('never costs us less than nothing, also where more was cached than read', () => {
    const tokens = fc.nat({ max: 2_000_000 });
    fc.assert(
      fc.property(tokens, tokens, tokens, (promptTokens, cachedTokens, completionTokens) => {
        const rates = { cached: 1, prompt: 1_000_000, completion: 0 };
        const cost = providerCostOf(rates, { promptTokens, cachedTokens, completionTokens });
        expect(cost).toBeGreaterThanOrEqual(0);
        expect(cost).toBeLessThanOrEqual(promptTokens);
      }),
    );
  });
});

describe('live usage', () => {
  const now = new Date('2026-11-21T07:59:59.999Z');
  const hour = hourOf(now);

  it('counts the answers of an hour by user and model', async () => {
    const live = createLiveUsage(createMemoryCounters(), prices, silentLogger);
    live.count(answer, now);
    live.count({ ...answer, completionTokens: 10 }, now);
    live.count({ ...answer, model: '[odd "name"]' }, now);
    live.count(answer, new Date(now.getTime() + 1));
    const rows = await live.read(hour);
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({
      ...{ userId: 'learner', model: 'deepseek-flash', currency: 'CNY', requests: 2 },
      ...{ promptTokens: 2_000, cachedTokens: 800, completionTokens: 60, cost: 1480 },
      // Each answer by itself: 8 for what was cached, 600 for the rest, 200 and 40 for what was written.
      providerCost: 808 + 648,
    });
    expect(await live.read(new Date(hour.getTime() + HOUR_MS))).toHaveLength(1);
  });

  it('prices each answer as its receipt does, and keeps currencies apart', async () => {
    const live = createLiveUsage(createMemoryCounters(), prices, silentLogger);
    live.count({ ...answer, peak: true }, now);
    live.count({ ...answer, priceId: 'dollars' }, now);
    const rows = (await live.read(hour)) ?? [];
    expect(rows.map(({ currency, providerCost }) => [currency, providerCost])).toEqual([
      ['CNY', 2 * 808],
      ['USD', 808],
    ]);
  });

  it('leaves out what somebody else has settled', async () => {
    const live = createLiveUsage(createMemoryCounters(), prices, silentLogger);
    const { priceId, peak, ...unsettled } = answer;
    live.count(unsettled, now);
    expect(await live.read(hour)).toEqual([]);
  });

  it('loses nothing while the prices cannot be read', async () => {
    let fails = true;
    const byId = (id: string) => (fails ? Promise.reject(new Error('away')) : prices.byId(id));
    const live = createLiveUsage(createMemoryCounters(), { byId }, silentLogger);
    live.count(answer, now);
    await expect(live.flush()).rejects.toThrow('away');
    fails = false;
    expect(await live.read(hour)).toMatchObject([{ requests: 1 }]);
  });

  it('adds up what several processes counted', async () => {
    const counters = createMemoryCounters();
    const processes = [1, 2, 3].map(() => createLiveUsage(counters, prices, silentLogger));
    for (const live of processes) {
      live.count(answer, now);
      await live.flush();
    }
    expect((await processes[0]?.read(hour))?.[0]?.requests).toBe(3);
  });

  it('keeps its counts while the counters are away, and passes them on once', async () => {
    const counters = createMemoryCounters();
    let away = true;
    const flaky: Counters = {
      ...counters,
      add: async (...given) => !away && counters.add(...given),
    };
    const live = createLiveUsage(flaky, prices, silentLogger);
    const current = new Date();
    live.count(answer, current);
    await live.flush();
    expect(await live.read(hourOf(current))).toEqual([]);
    away = false;
    await live.flush();
    await live.flush();
    expect((await live.read(hourOf(current)))?.[0]).toMatchObject({ requests: 1, cost: 740 });
  });
});

describe('the hour of a daily job', () => {
  it.each([
    ['2026-11-21T19:59:59Z', { hour: 4 }, '2026-11-21T04'],
    ['2026-11-21T20:00:00Z', { hour: 4 }, '2026-11-22T04'],
    ['2026-12-31T20:00:00Z', { hour: 4 }, '2027-01-01T04'],
    ['2026-12-31T16:00:00Z', { hour: 4 }, '2026-12-31T04'],
    ['2026-12-01T00:59:59Z', { hour: 9, dayOfMonth: 1 }, '2026-11-01T09'],
    ['2026-12-01T01:00:00Z', { hour: 9, dayOfMonth: 1 }, '2026-12-01T09'],
    ['2027-01-01T00:00:00Z', { hour: 9, dayOfMonth: 1 }, '2026-12-01T09'],
    ['2026-03-31T12:00:00Z', { hour: 0, dayOfMonth: 28 }, '2026-03-28T00'],
  ])('at %s is that of %j: %s, by the clock of Beijing', (now, slot, expected) => {
    expect(lastSlot(slot, new Date(now))).toBe(expected);
  });

  it('never lies ahead, and never further back than its period', () => {
    const moment = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, fc.nat({ max: 23 }), (now, hour) => {
        const slot = new Date(`${lastSlot({ hour }, now)}:00:00+08:00`).getTime();
        expect(slot).toBeLessThanOrEqual(now.getTime());
        expect(now.getTime() - slot).toBeLessThan(24 * HOUR_MS);
      }),
    );
  });
});
