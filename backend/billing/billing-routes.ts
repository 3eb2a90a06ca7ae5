import { z } from 'zod';
import { requireIdempotencyKey } from '../http/idempotency.ts';
import { cursorTime, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, HANDLED, type Route } from '../http/route.ts';
import { administratorOf } from './administrator.ts';
import type { BalanceTransaction } from './balance.ts';
import {
  balanceSchema,
  consumeBody,
  creditBody,
  creditParams,
  postingSchema,
  transactionExportQuery,
  transactionSchema,
  transactionsQuery,
} from './billing-schemas.ts';
import type { BillingServices } from './compose-billing.ts';
import { packageRoutes } from './packages/package-routes.ts';
import { presentTransaction } from './present-transaction.ts';
import { priceRoutes } from './prices/price-routes.ts';
import type { OrderChannel } from './recharge/order.ts';
import { redeemRoutes } from './redeem/redeem-routes.ts';
import { sendTransactionCsv } from './transaction-csv.ts';

const tag = 'billing';
const cursorSchema = z.tuple([cursorTime, z.uuid()]);

export function billingRoutes(
  billing: BillingServices,
  channels: readonly OrderChannel[],
): Route[] {
  return [
    ...balanceRoutes(billing),
    ...postingRoutes(billing),
    ...packageRoutes(billing.packages, channels),
    ...priceRoutes(billing.prices),
    ...redeemRoutes(billing.redeemCodes),
  ];
}

function balanceRoutes({ account }: Pick<BillingServices, 'account'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/user/balance',
      summary: 'Tokens and quota of the own account',
      tag,
      access: 'user',
      data: balanceSchema,
      handle: ({ identity }) => account.overview(identity.userId),
    }),
    defineRoute({
      method: 'get',
      path: '/api/billing/transactions',
      summary: 'What came in and went out, newest first',
      tag,
      access: 'user',
      query: transactionsQuery,
      data: pageSchema(transactionSchema),
      handle: async ({ identity, query: { limit, cursor, ...filter } }) => {
        const before = readCursor(cursor, cursorSchema);
        const page = await account.transactions(identity.userId, { limit, before }, filter);
        return { ...page, items: page.items.map(presentTransaction) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/billing/transactions/export',
      summary: 'The same as a table (CSV, UTF-8 with a byte order mark)',
      tag,
      access: 'user',
      query: transactionExportQuery,
      data: z.never(),
      binaryReply: ['text/csv'],
      handle: async ({ identity, query, response }) => {
        await sendTransactionCsv(response, account.allTransactions(identity.userId, query));
        return HANDLED;
      },
    }),
  ];
}

/** Each is once for a key because the ledger says so; nothing else remembers the reply. */
function postingRoutes({ consumption, credits }: BillingServices): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/billing/consume',
      summary: 'Spend tokens on a service; needs an Idempotency-Key',
      tag,
      access: 'user',
      idempotent: 'by-handler',
      body: consumeBody,
      data: postingSchema,
      handle: async ({ identity, body, idempotencyKey: key }) => {
        const idempotencyKey = requireIdempotencyKey(key);
        const consumed = await consumption.consume(identity.userId, { ...body, idempotencyKey });
        return presentPosting(consumed);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/users/{id}/credit',
      summary: 'Give tokens to somebody, or take some back; needs an Idempotency-Key',
      tag: 'administration',
      access: 'admin',
      idempotent: 'by-handler',
      params: creditParams,
      body: creditBody,
      data: postingSchema,
      handle: async (context) => {
        const { params, body } = context;
        const idempotencyKey = requireIdempotencyKey(context.idempotencyKey);
        const credit = { ...body, idempotencyKey };
        return presentPosting(await credits.credit(administratorOf(context), params.id, credit));
      },
    }),
  ];
}

function presentPosting(transaction: BalanceTransaction): z.input<typeof postingSchema> {
  return {
    transaction: presentTransaction(transaction),
    balance: transaction.balanceAfter,
  };
}
