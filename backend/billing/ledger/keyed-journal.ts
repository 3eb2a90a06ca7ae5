import { AppError } from '../../errors.ts';
import type { BalanceTransaction } from '../balance.ts';
import { effectOf, type Journal } from './journal.ts';
import type { LedgerStore } from './ledger-store.ts';

export type KeyedLedger = Pick<LedgerStore, 'lock' | 'find' | 'post'>;

export interface KeyedPosting {
  transaction: BalanceTransaction;
  /** It had been written before, for the same request. */
  repeated: boolean;
}

/**
 * Posts a journal whose reference is made from its caller's Idempotency-Key, within their
 * transaction. The ledger itself is what remembers the key: whatever dies between two steps and
 * however often it is asked, the journal is there once, for ever, and a repetition is answered from
 * it. The same key for something else is refused. `tooLittle` is thrown when fewer tokens are
 * available than the journal takes.
 */
export async function postKeyed(
  ledger: KeyedLedger,
  journal: Journal,
  tooLittle: (available: number) => AppError,
): Promise<KeyedPosting> {
  const { kind, reference, userId } = journal;
  const amount = effectOf(journal).balance;
  const { balance, held } = await ledger.lock(userId);
  const before = await ledger.find(kind, reference);
  if (before) {
    const same =
      before.userId === userId && before.amount === amount && before.reason === journal.reason;
    if (!same) throw keyTaken();
    return { transaction: before, repeated: true };
  }
  if (balance - held + amount < 0) throw tooLittle(balance - held);
  await ledger.post(journal);
  const transaction = await ledger.find(kind, reference);
  if (!transaction) throw new Error(`journal ${kind} ${reference} was not written`);
  return { transaction, repeated: false };
}

export function keyTaken(): AppError {
  return new AppError(
    409,
    'idempotency_conflict',
    '这个 Idempotency-Key 已经用于另一个请求，请换一个。',
  );
}
