// As Node sees it: the package's names come only with its default export.
import chineseDays from 'chinese-days';
import type { Logger } from '../../logger.ts';
import { beijingClock } from '../beijing-time.ts';

/** Hours of Beijing's clock: from, and up to but not with. */
const PEAK_HOURS = [
  [9, 12],
  [14, 18],
] as const;
const SATURDAY = 6;
const SUNDAY = 0;
/** With which the package begins. */
const FIRST_YEAR = 2004;
const NOTICE_MS = 21 * 24 * 60 * 60 * 1000;

/**
 * Whether DeepSeek charges its peak price: Monday to Friday, 9–12 and 14–18 in Beijing, but not on
 * public holidays (https://api-docs.deepseek.com/quick_start/pricing). A weekend on which people
 * work in exchange for a holiday stays a weekend here. The holidays of a year are decreed late in the
 * year before; for a year that the package does not know yet only the weekday counts, so that a
 * holiday is charged as peak until the package is renewed.
 */
export function isPeak(moment: Date): boolean {
  const beijing = beijingClock(moment);
  const weekday = beijing.getUTCDay();
  if (weekday === SATURDAY || weekday === SUNDAY) return false;
  const hour = beijing.getUTCHours();
  if (!PEAK_HOURS.some(([from, to]) => hour >= from && hour < to)) return false;
  return chineseDays.getDayDetail(beijing.toISOString().slice(0, 10)).work;
}

const QUARTER_HOUR_MS = 15 * 60_000;

/** The next moment outside the peak hours; the given one, if it is. */
export function nextOffPeak(moment: Date): Date {
  let next = moment;
  // Peak hours begin and end on the hour.
  while (isPeak(next)) {
    next = new Date((Math.floor(next.getTime() / QUARTER_HOUR_MS) + 1) * QUARTER_HOUR_MS);
  }
  return next;
}

/** The same for people. */
export function peakHoursInWords(now: Date): string {
  const rule = '北京时间周一至周五 9:00–12:00、14:00–18:00，法定节假日除外，调休的周末也不算。';
  const year = beijingClock(now).getUTCFullYear();
  if (holidaysKnownIn(year)) return rule;
  return `${rule}${year} 年的节假日还没有录入，暂按平日计。`;
}

/** The last day of the last year whose holidays the package knows. */
export function holidaysKnownUntil(now: Date): string {
  const thisYear = beijingClock(now).getUTCFullYear();
  for (let year = thisYear + 1; year >= FIRST_YEAR; year -= 1) {
    if (holidaysKnownIn(year)) return `${year}-12-31`;
  }
  throw new Error('chinese-days knows no holidays at all');
}

/**
 * Tells an operator to renew the package before learners are charged the peak price on a holiday: the
 * holidays of the coming year are decreed in November, so that in its last weeks it should be known.
 */
export function warnOfUnknownHolidays(logger: Pick<Logger, 'warn'>, now = new Date()): void {
  const until = holidaysKnownUntil(now);
  if (new Date(`${until}T23:59:59+08:00`).getTime() - now.getTime() >= NOTICE_MS) return;
  const message = 'holidays unknown, charged as weekdays: update the package chinese-days';
  logger.warn({ holidaysKnownUntil: until }, message);
}

/** The first three days of October are holidays every year, and one of them at least no weekend. */
function holidaysKnownIn(year: number): boolean {
  return ['01', '02', '03'].some((day) => {
    const weekday = new Date(`${year}-10-${day}`).getUTCDay();
    if (weekday === SATURDAY || weekday === SUNDAY) return false;
    return !chineseDays.getDayDetail(`${year}-10-${day}`).work;
  });
}
