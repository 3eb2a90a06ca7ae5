import type { RedeemBatch } from '../billing-types.ts';

type Dates = Pick<RedeemBatch, 'expiresAt' | 'revokedAt'>;

export function batchState({ expiresAt, revokedAt }: Dates, now: Date) {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= now.getTime() ? 'expired' : 'valid';
}

/** The end of a day by Beijing's clock: a code is good on the day it names. */
export function endOfDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + 86_400_000).toISOString();
}

/** The last moment a code is good at: the end of a day belongs to that day, not to the next. */
export function lastMoment(expiresAt: string): string {
  return new Date(Date.parse(expiresAt) - 1).toISOString();
}
