import fc from 'fast-check';
import { quotaPeriods } from '../../backend/billing/balance.ts';
import { refusalOf } from '../../backend/billing/quotas/quota.ts';

const limits = { dailyRequests: 200, monthlyTokens: 2_000_000 };
const now = new Date('2026-03-14T12:00:00+08:00');
const NOTHING = { answers: 0, tokens: 0 };
const refusal = (answeredToday: number, tokensThisMonth: number, underWay = {}, at = now) =>
  refusalOf(
    limits,
    { answeredToday, failedToday: 0, tokensThisMonth },
    { ...NOTHING, ...underWay },
    at,
  );
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
    expect(refusal(0, 1_999_000, { tokens: 999 })).toBeUndefined();
    expect(refusal(0, 1_999_000, { tokens: 1_000 })?.retryAfterSeconds).toBe(5);
  });

  it('waits for the answers that are being written when one of them may have the last place', () => {
    expect(refusal(190, 0, { answers: 9 })).toBeUndefined();
    expect(refusal(190, 0, { answers: 10 })?.retryAfterSeconds).toBe(5);
  });

  it('is not made by answers that failed, before there are more of them than places', () => {
    const refusalAfter = (answeredToday: number, failedToday: number) =>
      refusalOf(limits, { answeredToday, failedToday, tokensThisMonth: 0 }, NOTHING, now);
    expect(refusalAfter(199, 200)).toBeUndefined();
    expect(refusalAfter(200, 0)).toMatchObject({ slug: 'quota_exceeded' });
    expect(refusalAfter(199, 201)).toMatchObject({ slug: 'quota_exceeded' });
    expect(refusalAfter(0, 399)).toBeUndefined();
    expect(refusalAfter(0, 400)?.retryAfterSeconds).toBe(secondsTo('2026-03-15T00:00:00+08:00'));
  });

  it('says when failed answers have used the day up, and not that it was questions', () => {
    const messageAfter = (answeredToday: number, failedToday: number) =>
      refusalOf(limits, { answeredToday, failedToday, tokensThisMonth: 0 }, NOTHING, now)?.message;
    expect(messageAfter(3, 400)).toMatch(/没有答成的提问太多/);
    expect(messageAfter(3, 400)).not.toContain('200 次提问已用完');
    expect(messageAfter(200, 400)).toContain('200 次提问已用完');
    expect(messageAfter(200, 0)).toContain('200 次提问已用完');
  });

  it('once refused for the day, stays refused whatever becomes of the answers under way', () => {
    const count = fc.integer({ min: 0, max: 450 });
    fc.assert(
      fc.property(count, count, count, count, (answeredToday, failedToday, better, worse) => {
        const usage = { answeredToday, failedToday, tokensThisMonth: 0 };
        fc.pre(refusalOf(limits, usage, NOTHING, now) !== undefined);
        const later = {
          answeredToday: answeredToday + better,
          failedToday: failedToday + worse,
          tokensThisMonth: 0,
        };
        expect(refusalOf(limits, later, NOTHING, now)).toBeDefined();
      }),
    );
  });

  it('is never told to come again before it is due, nor more than a second late', () => {
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * 365 * day }), (offset) => {
        const at = new Date(Date.UTC(2026, 0, 1) + offset);
        const due = (seconds = 0) => new Date(at.getTime() + seconds * 1000);
        const today = quotaPeriods(at);
        const daily = due(refusal(200, 0, NOTHING, at)?.retryAfterSeconds);
        const monthly = due(refusal(0, 2_000_000, NOTHING, at)?.retryAfterSeconds);
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
