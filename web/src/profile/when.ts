import { strings } from '../strings.ts';

const words = strings.time;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const day = new Intl.DateTimeFormat('zh-CN', { year: 'numeric', month: 'long', day: 'numeric' });
const exact = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long', timeStyle: 'short' });

export function dayOf(time: string): string {
  return day.format(new Date(time));
}

export function momentOf(time: string): string {
  return exact.format(new Date(time));
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** As one would say it; from a week on the date. */
export function ago(time: string, now: Date): string {
  const then = new Date(time);
  const passed = now.getTime() - then.getTime();
  if (passed < MINUTE) return words.now;
  if (passed < HOUR) return words.minutes(Math.floor(passed / MINUTE));
  const days = Math.round((midnight(now) - midnight(then)) / DAY);
  if (days === 0) return words.hours(Math.floor(passed / HOUR));
  if (days === 1) return words.yesterday;
  return days < 7 ? words.days(days) : dayOf(time);
}
