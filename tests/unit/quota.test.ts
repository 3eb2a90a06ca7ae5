import fc from 'fast-check';
import { quotaPeriods } from '../../backend/billing/balance.ts';
import { refusalOf } from '../../backend/billing/quotas/quota.ts';

const limits = { dailyRequests: 200, monthlyTokens: 2_000_000 };
const now = new Date('2026-03-14T12:00:00+08:00');
const refusal = (requestsToday: number, tokensThisMonth: number, held = 0, at = now) =>
  refusalOf(limits, { requestsToday, tokensThisMonth }, held, at);
const secondsTo = (moment: string) => (Date.parse(moment) - now.getTime()) / 1000;

describe('a question beyond the quota', () => {
  it('is refused from the last place on, not before', () => {
    expect(refusal(199, 1_999_999)).toBeUndefined();
    expect(refusal(200, 0)).toMatchObject({ status: 429, slug: 'quota_exceeded' });
    expect(refusal(0, 2_000_000)).toMatchObject({ status: 429, slug: 'quota_exceeded' });
  });

  it('may come again at midnight in Beijing, or when the month is over there', () => {
    expect(refusal(200, 0)?.retryAfterSeconds).toBe(secondsTo('2026-03-15T00:00:00+08:00'));
    expect(refusal(0, 2_000_000)?.retryAfterSeconds).toBe(secondsTo('2026-04-01T00:00:00+08:00'));
    expect(refusal(200, 2_000_000)?.retryAfterSeconds).toBe(secondsTo('2026-04-01T00:00:00+08:00'));
  });

  it('waits for the answers that are being written when they may use the month up', () => {
    expect(refusal(0, 1_999_000, 999)).toBeUndefined();
    expect(refusal(0, 1_999_000, 1_000)?.retryAfterSeconds).toBe(60);
  });

  it('is never told to come again before it is due, nor more than a second late', () => {
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * 365 * day }), (offset) => {
        const at = new Date(Date.UTC(2026, 0, 1) + offset);
        const due = (seconds = 0) => new Date(at.getTime() + seconds * 1000);
        const today = quotaPeriods(at);
        const daily = due(refusal(200, 0, 0, at)?.retryAfterSeconds);
        const monthly = due(refusal(0, 2_000_000, 0, at)?.retryAfterSeconds);
        expect(quotaPeriods(daily).day).toEqual(today.dayEnds);
        expect(+daily - +today.dayEnds).toBeLessThan(1000);
        expect(quotaPeriods(monthly).month).toEqual(today.monthEnds);
        expect(+monthly - +today.monthEnds).toBeLessThan(1000);
        expect(+today.dayEnds - +today.day).toBe(day);
        expect(+today.monthEnds - +today.month).toBeGreaterThanOrEqual(28 * day);
        expect(+today.monthEnds - +today.month).toBeLessThanOrEqual(31 * day);
      }),
    );
  });
});
