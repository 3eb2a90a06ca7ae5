import type { DatedPrice, UsageItem } from '../../../web/src/admin/billing-types.ts';
import { leftToRefund } from '../../../web/src/admin/orders/order-words.ts';
import { findingPairs, kindOf } from '../../../web/src/admin/overview/books-words.ts';
import { byDay, byKey, lastDays, totalOf } from '../../../web/src/admin/overview/usage-series.ts';
import { groupPrices } from '../../../web/src/admin/prices/group-prices.ts';
import { draftOf, readDraft, typicalCost } from '../../../web/src/admin/prices/price-draft.ts';
import { batchState, endOfDay, lastMoment } from '../../../web/src/admin/redeem/batch-state.ts';

const price = (model: string, effectiveFrom: string): DatedPrice => ({
  ...{ id: `${model} ${effectiveFrom}`, model, currency: 'CNY', effectiveFrom },
  offPeak: { cached: 100, prompt: 1000, completion: 2000 },
  peak: { cached: 150, prompt: 1500, completion: 3000 },
  providerOffPeak: { cached: 20_000, prompt: 1_000_000, completion: 4_000_000 },
  providerPeak: { cached: 40_000, prompt: 2_000_000, completion: 8_000_000 },
});

describe('the prices of a model', () => {
  const now = new Date('2026-11-21T00:00:00Z');

  it('are one in force, those that were, and those to come', () => {
    const rows = [
      price('*', '2026-01-01T00:00:00Z'),
      price('b', '2026-01-01T00:00:00Z'),
      price('a', '2026-12-01T00:00:00Z'),
      price('a', '2026-01-01T00:00:00Z'),
      price('a', '2026-06-01T00:00:00Z'),
    ];
    const groups = groupPrices(rows, now);
    expect(groups.map(({ model }) => model)).toEqual(['a', 'b', '*']);
    const [{ future, current, past }] = groups as [(typeof groups)[number]];
    expect(future.map(({ effectiveFrom }) => effectiveFrom)).toEqual(['2026-12-01T00:00:00Z']);
    expect(current?.effectiveFrom).toBe('2026-06-01T00:00:00Z');
    expect(past).toHaveLength(1);
    expect(groupPrices([price('new', '2027-01-01T00:00:00Z')], now)[0]?.current).toBeNull();
  });

  it('can be typed as they are, and say which figure is none', () => {
    const old = price('a', '2026-01-01T00:00:00Z');
    const draft = draftOf(old);
    expect(draft['offPeak.cached']).toBe('0.1');
    expect(draft['providerPeak.completion']).toBe('8');
    const { offPeak, peak, providerOffPeak, providerPeak } = old;
    expect(readDraft(draft)).toEqual({ rates: { offPeak, peak, providerOffPeak, providerPeak } });
    expect(readDraft({ ...draft, 'peak.prompt': '1..5' })).toEqual({ faulty: ['peak.prompt'] });
    expect(draftOf(null)['offPeak.prompt']).toBe('0');
  });

  it('show what an ordinary answer comes to, for learners and for the site', () => {
    // 2,400 anew, 1,200 cached, 700 written.
    expect(typicalCost(price('a', ''))).toEqual({
      offPeak: 3920,
      peak: 5880,
      providerOffPeak: 5224,
      providerPeak: 10_448,
    });
  });
});

describe('usage', () => {
  const item = (key: string, change: Partial<UsageItem> = {}): UsageItem => ({
    ...{ key, requests: 1, promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
    ...{ cost: 10, currency: 'CNY', providerCost: 5 },
    ...change,
  });

  it('has a place for every day, also over the end of a month', () => {
    const series = byDay([item('2026-12-01')], '2026-11-29', '2026-12-02');
    expect(series.map(({ key, cost }) => [key, cost])).toEqual([
      ['2026-11-29', 0],
      ['2026-11-30', 0],
      ['2026-12-01', 10],
      ['2026-12-02', 0],
    ]);
    expect(totalOf(series, 'requests')).toBe(1);
  });

  it('keeps the currencies of providers apart', () => {
    const [sum] = byKey([item('m'), item('m', { currency: 'USD', revenueFen: 600 })]);
    expect(sum).toEqual({
      ...{ key: 'm', requests: 2, cost: 20, revenueFen: 600 },
      provider: { CNY: 5, USD: 5 },
    });
  });

  it('ends with today by the calendar of Beijing', () => {
    expect(lastDays(7, new Date('2026-11-20T17:00:00Z'))).toEqual({
      from: '2026-11-15',
      to: '2026-11-21',
    });
  });
});

describe('the books', () => {
  it('are told in words, whatever is new in them', () => {
    expect([kindOf('ledger'), kindOf('toString')]).toEqual(['账本', 'toString']);
    expect(findingPairs({ sum: 0, hours: [], other: { a: 1000 } })).toEqual([
      ['总和', '0'],
      ['不符的小时', '无'],
      ['other', 'a 1,000'],
    ]);
  });
});

describe('redeem codes and refunds', () => {
  it('a batch is good up to the end of the day it names', () => {
    const expiresAt = endOfDay('2026-12-31');
    expect(expiresAt).toBe('2026-12-31T16:00:00.000Z');
    const batch = { expiresAt, revokedAt: null };
    expect(batchState(batch, new Date('2026-12-31T15:59:59Z'))).toBe('valid');
    expect(batchState(batch, new Date('2026-12-31T16:00:00Z'))).toBe('expired');
    expect(batchState({ ...batch, revokedAt: '2026-01-01' }, new Date(0))).toBe('revoked');
    expect(lastMoment(expiresAt)).toBe('2026-12-31T15:59:59.999Z');
  });

  it('only what was paid can be given back, and not twice', () => {
    const paid = { status: 'paid', channel: 'wechat_native', amountFen: 600 } as const;
    expect(leftToRefund({ ...paid, refundedFen: 200 })).toBe(400);
    expect(leftToRefund({ ...paid, refundedFen: 600 })).toBe(0);
    expect(leftToRefund({ ...paid, status: 'pending', refundedFen: 0 })).toBe(0);
    expect(leftToRefund({ ...paid, channel: 'redeem_code', refundedFen: 0 })).toBe(0);
  });
});
