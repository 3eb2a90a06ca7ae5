import { setTimeout as sleep } from 'node:timers/promises';

/** SQLSTATE classes 08 and 57P, and what sockets say. */
const CODES = /^(08|57P)|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN/;
/** What `pg` says without a code when a connection breaks under a statement; Knex puts that in front. */
const SAID = /(^| - )(Connection terminated|Client has encountered a connection error)/;

/** The database could not be reached, or the connection broke; whether the work was done is unknown. */
export function isLostConnection(error: unknown): boolean {
  const { name, code, message }: { name?: unknown; code?: unknown; message?: unknown } =
    Object(error);
  return CODES.test(String(code)) || name === 'KnexTimeoutError' || SAID.test(String(message));
}

/** Together about half a minute: long enough for a database that is started again. */
const DELAYS_MS = [100, 250, 500, 1_000, 2_000, 4_000, 8_000, 8_000];

/**
 * Repeats what must not be lost because the database was away for a moment. The work must be safe to
 * repeat: the attempt that was reported as failed may have been done.
 */
export async function outliveLostConnection<Result>(
  work: (attempt: number) => Promise<Result>,
  delaysMs: readonly number[] = DELAYS_MS,
): Promise<Result> {
  for (const [attempt, delayMs] of delaysMs.entries()) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      await sleep(delayMs);
    }
  }
  return work(delaysMs.length);
}
