import { strings } from '../strings.ts';
import { beijingParts } from './peak-window.ts';

const words = strings.prices;

/** 「今天 14:00」「明天 0:00」「11月23日 9:00」, by Beijing's clock. */
export function beijingMoment(moment: Date, now: Date): string {
  const { days, day, time } = beijingParts(moment, now);
  if (days === 0) return words.today(time);
  return days === 1 ? words.tomorrow(time) : words.onDay(day, time);
}
