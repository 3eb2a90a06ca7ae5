import { quotaFor, quotaPeriods } from '../../backend/billing/balance.ts';
import { titleFromQuestion } from '../../backend/chat/session.ts';
import { retryDelayMs } from '../../backend/jobs/job.ts';
import { jobCatalogue } from '../../backend/jobs.ts';

describe('the day and the month of a quota', () => {
  const periods = (now: string) => {
    const { day, month } = quotaPeriods(new Date(now));
    return [day.toISOString(), month.toISOString()];
  };

  it.each([
    ['just before midnight in Beijing', '2025-03-10T15:59:59.999Z', '2025-03-09', '2025-02-28'],
    ['at midnight in Beijing', '2025-03-10T16:00:00.000Z', '2025-03-10', '2025-02-28'],
    ['in the last moment of a month', '2025-03-31T15:59:59.999Z', '2025-03-30', '2025-02-28'],
    ['in the first moment of a month', '2025-03-31T16:00:00.000Z', '2025-03-31', '2025-03-31'],
    ['in the first moment of a year', '2025-12-31T16:00:00.000Z', '2025-12-31', '2025-12-31'],
    ['on a leap day', '2024-02-29T02:00:00.000Z', '2024-02-28', '2024-01-31'],
  ])('began, %s, at a midnight in Beijing', (_, now, day, month) => {
    expect(periods(now)).toEqual([`${day}T16:00:00.000Z`, `${month}T16:00:00.000Z`]);
  });

  it('began before now, the day less than a day ago, whatever the hour', () => {
    for (let hour = 0; hour < 24 * 400; hour += 5) {
      const now = new Date(Date.UTC(2024, 0, 1, hour));
      const { day, month } = quotaPeriods(now);
      expect(now.getTime() - day.getTime()).toBeGreaterThanOrEqual(0);
      expect(now.getTime() - day.getTime()).toBeLessThan(24 * 3_600_000);
      expect(day.getTime()).toBeGreaterThanOrEqual(month.getTime());
    }
  });

  it('allows guests least, whatever their plan, and paying learners most', () => {
    const guest = quotaFor({ role: 'guest', plan: 'vip' });
    const free = quotaFor({ role: 'user', plan: 'free' });
    const vip = quotaFor({ role: 'user', plan: 'vip' });
    expect(guest.dailyRequests).toBeLessThan(free.dailyRequests);
    expect(free.dailyRequests).toBeLessThan(vip.dailyRequests);
    expect(guest.monthlyTokens).toBeLessThan(free.monthlyTokens);
    expect(free.monthlyTokens).toBeLessThan(vip.monthlyTokens);
  });
});

describe('the title of a conversation', () => {
  it('is its first question, on one line', () => {
    expect(titleFromQuestion('  学而时习之\n\n是什么意思？ ')).toBe('学而时习之 是什么意思？');
  });

  it('is cut after 24 characters, and says so only then', () => {
    expect(titleFromQuestion('学'.repeat(24))).toBe('学'.repeat(24));
    expect(titleFromQuestion('学'.repeat(25))).toBe(`${'学'.repeat(24)}…`);
  });

  it('never cuts a rare character in half', () => {
    const title = titleFromQuestion('𠀀'.repeat(40));
    expect(title).toBe(`${'𠀀'.repeat(24)}…`);
    expect(title.isWellFormed()).toBe(true);
  });
});

describe('how long a failed job waits', () => {
  it('doubles from two seconds and ends at five minutes', () => {
    const delays = [1, 2, 3, 4, 8, 9].map(retryDelayMs);
    expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 256_000, 300_000]);
  });

  it('is a sensible time for every number of attempts a job may have', () => {
    const most = Math.max(...Object.values(jobCatalogue).map(({ maxAttempts }) => maxAttempts));
    for (let attempts = 0; attempts <= most * 2; attempts += 1) {
      expect(retryDelayMs(attempts)).toBeGreaterThanOrEqual(2_000);
      expect(retryDelayMs(attempts)).toBeLessThanOrEqual(300_000);
      expect(retryDelayMs(attempts + 1)).toBeGreaterThanOrEqual(retryDelayMs(attempts));
    }
  });
});
