const BEIJING_OFFSET_MS = 8 * 60 * 60 * 1000;

/** An hour of Beijing's clock, on each day or on one day of each month (1 to 28). */
export interface DailySlot {
  hour: number;
  dayOfMonth?: number;
}

/** The name of the last such hour that has begun: `2026-12-01T04`, by Beijing's clock. */
export function lastSlot({ hour, dayOfMonth }: DailySlot, now: Date): string {
  const beijing = new Date(now.getTime() + BEIJING_OFFSET_MS);
  const [year, month, day] = [
    beijing.getUTCFullYear(),
    beijing.getUTCMonth(),
    beijing.getUTCDate(),
  ];
  const slot = new Date(Date.UTC(year, month, dayOfMonth ?? day, hour));
  if (slot > beijing) {
    if (dayOfMonth === undefined) slot.setUTCDate(day - 1);
    else slot.setUTCMonth(month - 1);
  }
  return slot.toISOString().slice(0, 13);
}
