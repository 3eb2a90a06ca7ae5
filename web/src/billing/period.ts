const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

export interface Days {
  /** `2026-11-01`, both inclusive, by Beijing's calendar; empty: open. */
  from: string;
  to: string;
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** The days a named period stands for; `own` is whatever the address says. */
export function daysOf(period: string, now: Date): Days {
  const clock = new Date(now.getTime() + BEIJING_MS);
  const today = dayOf(clock.getTime());
  const firstOf = (months: number, day = 1) =>
    dayOf(Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth() + months, day));
  switch (period) {
    case 'today':
      return { from: today, to: today };
    case 'week':
      return { from: dayOf(clock.getTime() - 6 * DAY_MS), to: today };
    case 'month':
      return { from: firstOf(0), to: today };
    case 'before':
      return { from: firstOf(-1), to: firstOf(0, 0) };
    default:
      return { from: '', to: '' };
  }
}

const isDay = (text: string | null): text is string => /^\d{4}-\d\d-\d\d$/.test(text ?? '');

/** The filter of a list, as the address has it and the server wants it. */
export function filterQuery(address: URLSearchParams, now: Date): URLSearchParams {
  const query = new URLSearchParams();
  const type = address.get('type');
  if (type) query.set('type', type);
  const period = address.get('period') ?? '';
  const own = { from: address.get('from'), to: address.get('to') };
  const { from, to } = period === 'own' ? own : daysOf(period, now);
  if (isDay(from)) query.set('from', from);
  if (isDay(to)) query.set('to', to);
  return query;
}
