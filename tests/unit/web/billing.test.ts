import { ApiError } from '../../../web/src/api/api-error.ts';
import type { Order, Usage } from '../../../web/src/api/billing-types.ts';
import {
  formatFen,
  formatMillionths,
  formatSigned,
  formatThousandths,
  shareOf,
} from '../../../web/src/billing/amounts.ts';
import { beijingMoment } from '../../../web/src/billing/beijing-moment.ts';
import { beijingDay, beijingTime, readBeijingTime } from '../../../web/src/billing/beijing-time.ts';
import { isInWechat, readBridgeReply } from '../../../web/src/billing/bridge-reply.ts';
import { canResume, orderState } from '../../../web/src/billing/order-state.ts';
import { priceHoldsUntil } from '../../../web/src/billing/peak-window.ts';
import { daysOf, filterQuery } from '../../../web/src/billing/period.ts';
import { deadlineOf, takesNoPayments } from '../../../web/src/billing/place-order.ts';
import { receiptOf } from '../../../web/src/billing/receipt.ts';
import { faultOfCode, groupCode } from '../../../web/src/billing/redeem-code.ts';
import { asFailure } from '../../../web/src/conversation/answer-listener.ts';
import { readFen, readParts, readWhole, writeParts } from '../../../web/src/form/numbers.ts';

const rates = { cached: 100, prompt: 1000, completion: 2000 };
const usage: Usage = {
  model: 'deepseek-flash',
  promptTokens: 500,
  cachedTokens: 448,
  completionTokens: 33,
  cost: 163,
  peak: false,
  rates,
};

describe('the receipt of an answer', () => {
  it('reckons up what was read anew, read from the cache, and written', () => {
    const receipt = receiptOf({ ...usage, reasoningTokens: 12 });
    expect(receipt?.lines.map(({ what, count, sum }) => [what, count, sum])).toEqual([
      ['fresh', 52, 52_000],
      ['cached', 448, 44_800],
      ['written', 33, 66_000],
    ]);
    expect(receipt).toMatchObject({ cost: 163, reasoning: 12, capped: false });
  });

  it('leaves out a cache that was not used, and believes no count beyond what was read', () => {
    expect(receiptOf({ ...usage, cachedTokens: 0 })?.lines).toHaveLength(2);
    expect(receiptOf({ ...usage, cachedTokens: 900 })?.lines[0]?.count).toBe(0);
  });

  it('says where more was used than had been set aside', () => {
    expect(receiptOf({ ...usage, cost: 162 })?.capped).toBe(true);
  });

  it('has nothing to reckon up for a free answer, one that failed, or one of old', () => {
    const none = { cached: 0, prompt: 0, completion: 0 };
    expect(receiptOf({ ...usage, model: 'offline', cost: 0, rates: none })).toBeNull();
    expect(receiptOf({ ...usage, model: 'other', cost: 0, rates: none })).toBeNull();
    expect(receiptOf({ ...usage, cost: 0 })).toMatchObject({ cost: 0, lines: [] });
    const { rates: _, ...old } = usage;
    expect(receiptOf(old)).toMatchObject({ cost: 163, lines: [], capped: false });
  });
});

describe('amounts', () => {
  it('are written as people write them', () => {
    expect([formatSigned(1500), formatSigned(-20), formatThousandths(44_800)]).toEqual([
      '+1,500',
      '−20',
      '44.8',
    ]);
    expect([formatFen(600), formatFen(1), formatMillionths(5200, 'CNY', 4)]).toEqual([
      '¥6.00',
      '¥0.01',
      '¥0.0052',
    ]);
  });

  it('fill a bar from empty to full, and no further', () => {
    const shares = [shareOf({ used: 0, limit: 9 }), shareOf({ used: 12, limit: 9 })];
    expect([...shares, shareOf({ used: 0, limit: 0 })]).toEqual([0, 1, 1]);
  });

  it('are read from a form, however they are typed', () => {
    expect(['1,200', '１２', '−500', '+3', '1.5', ''].map(readWhole)).toEqual([
      1200,
      12,
      -500,
      3,
      null,
      null,
    ]);
    expect(['6', '0.1', '¥20.05', '1.234', '-3', 'x'].map(readFen)).toEqual([
      600,
      10,
      2005,
      null,
      null,
      null,
    ]);
  });

  it('survive the way into a form and back', () => {
    for (const parts of [0, 5, 100, 1500, 13_500, 1_000_000]) {
      expect(readParts(writeParts(parts, 3), 3)).toBe(parts);
    }
    expect([writeParts(20_000, 6), writeParts(1000, 3), writeParts(5, 2)]).toEqual([
      '0.02',
      '1',
      '0.05',
    ]);
    expect(readParts('0.0001', 3)).toBeNull();
  });
});

describe('until when a price holds', () => {
  /** By Beijing's clock, in November 2026; the 20th is a Friday. */
  const at = (day: number, hour: number, minute = 0) =>
    new Date(Date.UTC(2026, 10, day, hour - 8, minute));
  const said = (now: Date, peak: boolean) => {
    const until = priceHoldsUntil(now, peak);
    return until && beijingMoment(until, now);
  };

  it.each([
    [at(19, 9, 30), true, '今天 12:00'],
    [at(19, 17, 59), true, '今天 18:00'],
    [at(19, 3), false, '今天 9:00'],
    [at(19, 12), false, '今天 14:00'],
    [at(19, 18), false, '明天 9:00'],
    [at(20, 18), false, '11月23日 9:00'],
    [at(21, 10), false, '11月23日 9:00'],
  ])('at %s (peak: %s) it is %s', (now, peak, expected) => {
    expect(said(now, peak)).toBe(expected);
  });

  it('takes a window without a peak for a holiday', () => {
    expect(said(at(19, 10), false)).toBe('明天 9:00');
  });

  it('promises nothing where server and clock disagree', () => {
    expect(said(at(19, 20), true)).toBeNull();
  });
});

describe('what has to do with money', () => {
  it('is told by the clock of Beijing, wherever the device is', () => {
    const late = '2026-11-30T17:05:00Z';
    expect([beijingDay(late), beijingTime(late)]).toEqual(['2026年12月1日', '2026年12月1日 01:05']);
    expect(readBeijingTime('2026-12-01T01:05')).toBe('2026-11-30T17:05:00.000Z');
    expect(['', 'soon', '2026-13-01T00:00', '2026-12-01'].map(readBeijingTime)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('the filter of transactions', () => {
  /** Already the 1st in Beijing. */
  const now = new Date('2026-11-30T17:00:00Z');

  it('goes by the calendar of Beijing', () => {
    expect(daysOf('today', now)).toEqual({ from: '2026-12-01', to: '2026-12-01' });
    expect(daysOf('week', now)).toEqual({ from: '2026-11-25', to: '2026-12-01' });
    expect(daysOf('month', now)).toEqual({ from: '2026-12-01', to: '2026-12-01' });
    expect(daysOf('before', now)).toEqual({ from: '2026-11-01', to: '2026-11-30' });
    expect(daysOf('before', new Date('2027-01-15T00:00:00Z')).from).toBe('2026-12-01');
  });

  it('asks for what the address says, and only for days', () => {
    const query = (address: string) => `${filterQuery(new URLSearchParams(address), now)}`;
    expect(query('')).toBe('');
    expect(query('type=consume&period=own&from=2026-11-03&to=soon')).toBe(
      'type=consume&from=2026-11-03',
    );
    expect(query('from=2026-11-03')).toBe('');
    expect(query('period=before')).toBe('from=2026-11-01&to=2026-11-30');
  });
});

describe('a redeem code', () => {
  const CODE = 'K2FN-M51M-ADNQ-DA3S-PRGW-Y60N-YP1Y';

  it('is the same however it is typed or pasted', () => {
    for (const typed of [
      CODE,
      CODE.toLowerCase(),
      CODE.replaceAll('-', ''),
      `兑换码：${CODE}。`,
      ` ${CODE.replaceAll('-', ' — ')}\n`,
      CODE.replaceAll('0', 'o').replaceAll('1', 'l'),
      CODE.replaceAll('2', '２'),
    ]) {
      expect(groupCode(typed)).toBe(CODE);
      expect(faultOfCode(typed)).toBeNull();
    }
  });

  it('is told what is wrong with it before anybody is asked', () => {
    expect(faultOfCode(' ')).toContain('请填写');
    expect(faultOfCode(CODE.slice(0, -1))).toContain('这里有 27 位');
    expect(faultOfCode(CODE.replace('K', 'U'))).toContain('「U」');
  });
});

describe('an order', () => {
  const now = new Date('2026-11-21T08:00:00Z');
  const order = (change: Partial<Order>) => ({
    ...{ id: 'o', status: 'pending' as const, amountFen: 600, tokens: 1, packageId: 'p' },
    ...{ channel: 'wechat_native' as const, refundedFen: 0, createdAt: '', paidAt: null },
    expiresAt: '2026-11-21T08:10:00Z',
    ...change,
  });

  it('can be paid on as long as its time is not over', () => {
    expect(canResume(order({}), now)).toBe(true);
    const late = order({ expiresAt: '2026-11-21T07:59:00Z' });
    expect([orderState(late, now), canResume(late, now)]).toEqual(['expired', false]);
    expect(orderState(order({ status: 'paid', expiresAt: late.expiresAt }), now)).toBe('paid');
  });

  it('expires by the clock of the server, whatever the own one shows', () => {
    const wrong = Date.parse('2020-01-01T00:00:00Z');
    const left = deadlineOf('2026-11-21T08:10:00Z', 'Sat, 21 Nov 2026 08:00:00 GMT', wrong) - wrong;
    expect(Math.ceil(left / 1000)).toBe(600);
    expect(deadlineOf('2026-11-21T08:10:00Z', null, wrong)).toBe(
      Date.parse('2026-11-21T08:10:00Z'),
    );
  });

  it('is out of the question where the site takes no payments, not where WeChat hiccups', () => {
    const details = [{ path: 'channel', message: '可以用：redeem_code' }];
    const refusal = { status: 400, slug: 'invalid_input', message: '没有开通', details };
    expect(takesNoPayments(new ApiError(refusal))).toBe(true);
    expect(takesNoPayments(new ApiError({ ...refusal, details: [] }))).toBe(false);
    expect(takesNoPayments(new ApiError({ ...refusal, status: 503 }))).toBe(false);
    expect(takesNoPayments(null)).toBe(false);
  });

  it('is paid inside WeChat where the page is', () => {
    expect(isInWechat('Mozilla/5.0 (iPhone) MicroMessenger/8.0.50')).toBe(true);
    expect(isInWechat('Mozilla/5.0 (iPhone) Safari/604.1')).toBe(false);
    const replies = ['ok', 'cancel', 'fail'].map((end) => `get_brand_wcpay_request:${end}`);
    expect([...replies, undefined].map(readBridgeReply)).toEqual(['ok', 'cancel', 'fail', 'fail']);
  });
});

describe('a question that was refused', () => {
  it('is worth another try when the quota begins anew', () => {
    const error = { status: 429, slug: 'quota_exceeded', message: '已用完', retryAfterSeconds: 60 };
    const { retryAt } = asFailure(new ApiError(error), null);
    expect(Date.parse(retryAt ?? '')).toBeGreaterThan(Date.now());
    const short = { status: 402, slug: 'insufficient_balance', message: '余额不足' };
    expect(asFailure(new ApiError(short), null)).not.toHaveProperty('retryAt');
  });
});
