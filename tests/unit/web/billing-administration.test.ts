import { DIFFERENCES } from '../../../backend/billing/recharge/payment-bill.ts';
import { NOTICE_OUTCOMES } from '../../../backend/billing/recharge/payment-notice.ts';
import type { DatedPrice, UsageItem } from '../../../web/src/admin/billing-types.ts';
import {
  leftToRefund,
  needsALook,
  noticePairs,
  outcomeName,
} from '../../../web/src/admin/orders/order-words.ts';
import { findingFields, kindOf } from '../../../web/src/admin/overview/books-words.ts';
import { byDay, byKey, lastDays, totalOf } from '../../../web/src/admin/overview/usage-series.ts';
import { groupPrices } from '../../../web/src/admin/prices/group-prices.ts';
import { holidaysRunOut } from '../../../web/src/admin/prices/holidays.ts';
import {
  draftOf,
  readCurrency,
  readDraft,
  typicalCost,
} from '../../../web/src/admin/prices/price-draft.ts';
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

  it('are in a currency that has a code of three letters', () => {
    expect([' usd', 'ＣＮＹ', 'EUR'].map(readCurrency)).toEqual(['USD', 'CNY', 'EUR']);
    expect(['', 'US', '元', 'U$D', 'USDT'].map(readCurrency)).toEqual(Array(5).fill(null));
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

describe('the holidays that prices go by', () => {
  it('are reported when they run out within three weeks, or did', () => {
    const at = (now: string) => holidaysRunOut('2026-12-31', new Date(now));
    expect(at('2026-12-10T00:00:00+08:00')).toBe(false);
    expect(at('2026-12-11T00:00:00+08:00')).toBe(true);
    expect(at('2027-05-01T00:00:00+08:00')).toBe(true);
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
  const told = (field: string, ...values: unknown[]) =>
    findingFields({ [field]: values }).flatMap(({ lines }) =>
      lines.map(({ text, link }) => (link ? [text, link.href] : [text])),
    );
  const id = '0193f0f0-aaaa-7bbb-8ccc-123456789abc';

  it('are told in words, whatever is new in them', () => {
    expect([kindOf('ledger'), kindOf('toString')]).toEqual(['账本', 'toString']);
    expect(findingFields({ sum: 0, orders: [], other: { a: 1000 }, some: ['x'] })).toEqual([
      { name: '总和', lines: [{ text: '0' }] },
      { name: '不符的订单', lines: [{ text: '无' }] },
      { name: 'other', lines: [{ text: 'a 1,000' }] },
      { name: 'some', lines: [{ text: 'x' }] },
    ]);
    expect(findingFields({ totals: { available: 12, toString: 3 } })[0]?.lines).toEqual([
      { text: '可用 12 · toString 3' },
    ]);
  });

  it('name every difference to the bill, with the way to its order', () => {
    const lines = DIFFERENCES.map((what) => told('differences', { what, tradeNo: 'gx1' })[0]);
    for (const [index, [text, href]] of lines.map((line) => line ?? []).entries()) {
      expect(text).not.toBe(DIFFERENCES[index]);
      expect(href).toBe('/admin/orders?q=gx1');
    }
  });

  it('say of an order what is wrong with it', () => {
    const order = { orderId: id, tradeNo: 'gx1', userId: id, tokens: 300, ledger: 300 };
    const [toOrder, toUser] = ['/admin/orders?q=gx1', `/admin/users?q=${id}`];
    expect(
      told('orders', { ...order, ledger: null }, { ...order, ledger: 3_000 }, order, {
        ...order,
        tradeNo: null,
        tokens: null,
      }),
    ).toEqual([
      ['订单 300 词元，没有入账', toOrder],
      ['订单 300 词元，入账 3,000', toOrder],
      ['300 词元入了别人的账', toOrder],
      ['入账 300 词元，没有已付款的订单', toUser],
    ]);
  });

  it('say the same of refunds, learners, answers and hours, one a line', () => {
    const refund = { refundId: id, tradeNo: 'gx1', tokens: -20, ledger: null };
    expect(told('refunds', refund, { ...refund, tradeNo: null, tokens: null, ledger: 20 })).toEqual(
      [['应记 −20 词元，没有记账', '/admin/orders?q=gx1'], ['记账 +20 词元，没有对应的退款']],
    );
    const [kept, summed] = [
      { balance: 1_001, held: 5 },
      { balance: 1_000, held: 5 },
    ];
    const toUser = `/admin/users?q=${id}`;
    expect(told('differing', { userId: id, kept, summed })).toEqual([
      ['余额 1,001，账上 1,000', toUser],
    ]);
    expect(told('holding', { userId: id, reservations: 0, kept: 5 })).toEqual([
      ['预留单 0，余额表 5', toUser],
    ]);
    expect(told('answers', { messageId: id, usage: 7, ledger: null })).toEqual([
      ['回答 0193f0f0…：用量 7，账上 无'],
    ]);
    expect(told('hours', '2026-11-21T03:00:00.000Z')).toEqual([
      [expect.stringContaining('11月21日')],
    ]);
    expect(told('unsoundJournals', id)).toEqual([[`分录 ${id}`]]);
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

describe('a notice of a payment', () => {
  it('has a name, and stands out where somebody has to look', () => {
    expect(NOTICE_OUTCOMES.filter((outcome) => outcomeName(outcome) === outcome)).toEqual([]);
    expect(outcomeName('something_new')).toBe('something_new');
    expect(needsALook({ outcome: 'refused' })).toBe(true);
    expect(needsALook({ outcome: 'credited' })).toBe(false);
    const detail = { totalFen: 600, noticeId: null, faults: ['seller', 'amount'], more: true };
    expect(noticePairs({ ...detail, empty: [] })).toEqual([
      ['总额（分）', '600'],
      ['不符之处', 'seller、amount'],
      ['more', 'true'],
    ]);
  });
});
