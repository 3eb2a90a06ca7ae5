import type { z } from 'zod';
import type { BalanceTransaction } from './balance.ts';
import type { transactionSchema } from './billing-schemas.ts';

export function presentTransaction(
  transaction: BalanceTransaction,
): z.input<typeof transactionSchema> {
  return { ...transaction, createdAt: transaction.createdAt.toISOString() };
}
