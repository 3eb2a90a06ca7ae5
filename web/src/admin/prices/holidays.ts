const NOTICE_MS = 21 * 86_400_000;

/** Whether the server will soon charge public holidays as weekdays, or does already. */
export function holidaysRunOut(knownUntil: string, now: Date): boolean {
  return new Date(`${knownUntil}T23:59:59+08:00`).getTime() - now.getTime() < NOTICE_MS;
}
