import { z } from 'zod';
import { allRows } from '../http/paging.ts';
import { balanceSchema, transactionSchema } from './billing-schemas.ts';
import type { BillingService } from './billing-service.ts';
import type { LedgerStore } from './ledger/ledger-store.ts';
import { presentTransaction } from './present-transaction.ts';
import type { OrderStore } from './recharge/order-store.ts';
import { presentOwnOrder } from './recharge/present-order.ts';
import { ownOrderSchema } from './recharge/recharge-schemas.ts';
import type { RefundStore } from './recharge/refund-store.ts';

const PAGE = 100;

/** What somebody has and where it came from and went, for a copy of their own data. */
export function createBillingExport(
  billing: Pick<BillingService, 'overview'>,
  stores: {
    ledger: Pick<LedgerStore, 'transactions'>;
    orders: Pick<OrderStore, 'ofUser'>;
    refunds: Pick<RefundStore, 'ofOrders'>;
  },
) {
  const { ledger, orders, refunds } = stores;
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
            ledger.transactions(userId, { limit: PAGE, before }),
          ({ createdAt, id }): [string, string] => [createdAt.toISOString(), id],
        );
        for await (const row of rows) yield presentTransaction(row);
      },
    },
    orders: {
      schema: z.array(ownOrderSchema),
      async *read(userId: string) {
        const rows = allRows(
          (before: readonly [string, string] | undefined) =>
            orders.ofUser(userId, { limit: PAGE, before }),
          ({ createdAt, id }): [string, string] => [createdAt.toISOString(), id],
        );
        for await (const row of rows) yield presentOwnOrder(row, await refunds.ofOrders([row.id]));
      },
    },
  };
}
