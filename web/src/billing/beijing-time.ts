/**
 * What has to do with money, and what administrators see, is told by Beijing's clock: statements,
 * quotas and prices go by it too.
 */
const timeZone = 'Asia/Shanghai';

const day = new Intl.DateTimeFormat('zh-CN', {
  ...{ timeZone, year: 'numeric', month: 'long', day: 'numeric' },
});
const exact = new Intl.DateTimeFormat('zh-CN', {
  ...{ timeZone, dateStyle: 'long', timeStyle: 'short' },
});

export function beijingDay(time: string): string {
  return day.format(new Date(time));
}

export function beijingTime(time: string): string {
  return exact.format(new Date(time));
}

/** The moment that a field for a day and a time of day stands for; null where it stands for none. */
export function readBeijingTime(typed: string): string | null {
  const moment = new Date(`${typed}+08:00`);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
