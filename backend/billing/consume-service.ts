import { AppError } from '../errors.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { BalanceTransaction } from './balance.ts';
import { journals } from './ledger/journal.ts';
import { type KeyedLedger, postKeyed } from './ledger/keyed-journal.ts';
import type { LowBalance } from './reports/low-balance.ts';

export interface Consumption {
  amount: number;
  reason: string;
  idempotencyKey: string;
}

export interface ConsumeService {
  /** Takes tokens for a service, all or none; once for a key of a user. */
  consume(userId: string, consumption: Consumption): Promise<BalanceTransaction>;
}

interface ConsumeStores {
  ledger: KeyedLedger;
  lowBalance: Pick<LowBalance, 'watch'>;
}

export function createConsumeService(transact: Transact<ConsumeStores>): ConsumeService {
  return {
    consume: (userId, { amount, reason, idempotencyKey }) =>
      transact(async ({ ledger, lowBalance }) => {
        const reference = `${userId}:${idempotencyKey}`;
        const journal = journals.consume(amount, { userId, reason, reference });
        const { transaction, repeated } = await postKeyed(ledger, journal, (available) => {
          const message = `余额不足：需要 ${amount} 个词元，现在可用 ${available} 个。`;
          return new AppError(402, 'insufficient_balance', message);
        });
        if (!repeated) await lowBalance.watch(userId);
        return transaction;
      }),
  };
}
