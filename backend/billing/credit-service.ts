import type { Administrator, AuditTrail } from '../audit-trail.ts';
import { AppError } from '../errors.ts';
import type { Transact } from '../platform/database/transact.ts';
import { deedOf } from './audit-trail.ts';
import type { BalanceTransaction } from './balance.ts';
import { journals } from './ledger/journal.ts';
import { type KeyedLedger, keyTaken, postKeyed } from './ledger/keyed-journal.ts';
import type { LowBalance } from './reports/low-balance.ts';

export interface Credit {
  /** Positive gives, negative takes; never 0. */
  amount: number;
  reason: string;
  idempotencyKey: string;
}

export interface CreditService {
  /** Gives tokens to somebody or takes some back, at most what is available; recorded, once. */
  credit(by: Administrator, userId: string, credit: Credit): Promise<BalanceTransaction>;
}

export interface CreditStores {
  ledger: KeyedLedger;
  users: {
    byId(id: string): Promise<{ erasedAt: Date | null; mergedInto: string | null } | undefined>;
  };
  lowBalance: Pick<LowBalance, 'watch'>;
  audit: AuditTrail;
}

export function createCreditService(transact: Transact<CreditStores>): CreditService {
  return {
    credit: (by, userId, { amount, reason, idempotencyKey }) =>
      transact(async ({ ledger, users, lowBalance, audit }) => {
        const user = await users.byId(userId);
        if (!user || user.erasedAt || user.mergedInto)
          throw new AppError(404, 'not_found', '没有这个用户。');
        const about = { userId, reason, reference: `credit:${by.userId}:${idempotencyKey}` };
        const journal = amount > 0 ? journals.grant(amount, about) : journals.adjust(amount, about);
        // An admin's keys are one set, whoever the credit is for and whether it gives or takes: of two
        // requests at once with the same key the second waits here and finds the first.
        for (const id of [by.userId, userId].sort()) await ledger.lock(id);
        const other = amount > 0 ? 'adjust' : 'grant';
        if (await ledger.find(other, about.reference)) throw keyTaken();
        const { transaction, repeated } = await postKeyed(ledger, journal, (available) => {
          const message = `最多能收回 ${available} 个词元：其余的已用掉或正在使用。`;
          return new AppError(409, 'conflict', message);
        });
        if (!repeated) {
          const detail = { amount, reason, transactionId: transaction.id };
          const target = { targetType: 'user', targetId: userId, detail };
          await audit.record(deedOf(by, 'user.credit', target));
          if (amount < 0) await lowBalance.watch(userId);
        }
        return transaction;
      }),
  };
}
