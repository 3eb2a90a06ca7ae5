import { z } from 'zod';
import { allRows } from '../http/paging.ts';
import type { BalanceStore } from './balance-store.ts';
import { balanceSchema, transactionSchema } from './billing-schemas.ts';
import type { BillingService } from './billing-service.ts';
import { presentTransaction } from './present-transaction.ts';

const PAGE = 100;

/** What somebody has and where it came from and went, for a copy of their own data. */
export function createBillingExport(
  billing: Pick<BillingService, 'overview'>,
  balances: Pick<BalanceStore, 'transactions'>,
) {
  return {
    balance: {
      schema: balanceSchema,
      read: (userId: string) => billing.overview(userId),
    },
    transactions: {
      schema: z.array(transactionSchema),
      async *read(userId: string) {
        const rows = allRows(
          (before: readonly [string, string] | undefined) =>
            balances.transactions(userId, { limit: PAGE, before }),
          ({ createdAt, id }): [string, string] => [createdAt.toISOString(), id],
        );
        for await (const row of rows) yield presentTransaction(row);
      },
    },
  };
}
