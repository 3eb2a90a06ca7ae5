/** China keeps UTC+8 all year; learners, quotas and the provider's prices go by its clock. */
export const BEIJING_OFFSET_MS = 8 * 60 * 60 * 1000;

/** The moment at which the clock of Beijing shows midnight of a day; a day of 0 or 32 rolls over. */
export function beijingMidnight(year: number, month: number, day: number): Date {
  return new Date(Date.UTC(year, month, day) - BEIJING_OFFSET_MS);
}

/** What the clock of Beijing shows, to be read with the `getUTC…` methods. */
export function beijingClock(moment: Date): Date {
  return new Date(moment.getTime() + BEIJING_OFFSET_MS);
}
