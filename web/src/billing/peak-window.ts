/** China keeps UTC+8 all year, and prices go by its clock. */
const BEIJING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
/** Hours between which the peak price may hold, on days when people work. */
const WINDOWS = [
  [9, 12],
  [14, 18],
] as const;

const beijing = (moment: Date) => new Date(moment.getTime() + BEIJING_MS);
const isWeekend = (day: Date) => day.getUTCDay() === 0 || day.getUTCDay() === 6;

/**
 * Until when the present price holds: exactly at a peak, at least for the rest. The page does not know
 * the holidays; a window during which the server says there is no peak means that today is one.
 */
export function priceHoldsUntil(now: Date, peakNow: boolean): Date | null {
  const clock = beijing(now);
  const midnight = Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth(), clock.getUTCDate());
  const at = (days: number, hour: number) =>
    new Date(midnight + days * DAY_MS + hour * 3_600_000 - BEIJING_MS);
  const running = WINDOWS.find(([from, to]) => at(0, from) <= now && now < at(0, to));
  if (peakNow) return running ? at(0, running[1]) : null;
  const first = running ? 1 : 0;
  for (let days = first; days < first + 4; days += 1) {
    if (isWeekend(new Date(midnight + days * DAY_MS))) continue;
    const next = WINDOWS.map(([from]) => at(days, from)).find((moment) => moment > now);
    if (next) return next;
  }
  return null;
}

/** As Beijing's calendar and clock show it. */
export function beijingParts(moment: Date, now: Date) {
  const [clock, today] = [beijing(moment), beijing(now)];
  const dayOf = (date: Date) => Math.floor(date.getTime() / DAY_MS);
  const two = (part: number) => String(part).padStart(2, '0');
  return {
    /** 0 today, 1 tomorrow. */
    days: dayOf(clock) - dayOf(today),
    day: `${clock.getUTCMonth() + 1}月${clock.getUTCDate()}日`,
    time: `${clock.getUTCHours()}:${two(clock.getUTCMinutes())}`,
  };
}
