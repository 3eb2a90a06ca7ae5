import type { Erasure } from '../backend/accounts/closing/erasure.ts';

/** Erases accounts that their owners closed long enough ago, and guests who will not come back. */
export async function eraseAccounts(
  erasure: Pick<Erasure, 'eraseDue'>,
  signal: AbortSignal,
): Promise<void> {
  await erasure.eraseDue(signal);
}
