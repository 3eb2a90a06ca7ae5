// As Node sees it: the package's names come only with its default export.
import chineseDays from 'chinese-days';
import { beijingClock } from '../beijing-time.ts';

/** Hours of Beijing's clock: from, and up to but not with. */
const PEAK_HOURS = [
  [9, 12],
  [14, 18],
] as const;
const SATURDAY = 6;
const SUNDAY = 0;

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

/** The same for people. */
export const PEAK_HOURS_IN_WORDS =
  '北京时间周一至周五 9:00–12:00、14:00–18:00，法定节假日除外，调休的周末也不算。';
