import type { Knex } from 'knex';
import type { Logger } from '../../logger.ts';
import type { Counters } from '../../platform/counters/counters.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { BalanceStore } from '../balance-store.ts';
import type { PriceStore } from '../prices/price-store.ts';
import type { StatementMails } from './billing-mail.ts';
import { type BillingMailStores, createBillingMailService } from './billing-mail-service.ts';
import { createLiveUsage } from './live-usage.ts';
import { createReconciliationService } from './reconciliation-service.ts';
import { createReconciliationStore } from './reconciliation-store.ts';
import { createStatementStore } from './statement-store.ts';
import { createStatsService } from './stats-service.ts';
import { createStatsStore } from './stats-store.ts';
import { createUsageService } from './usage-service.ts';
import { createUsageStore } from './usage-store.ts';

export type Reports = ReturnType<typeof createReports>;

/** The stores of reports, on one connection or one transaction. */
export function reportStores(knex: Knex) {
  return { usage: createUsageStore(knex), statements: createStatementStore(knex) };
}

type ReportStores = ReturnType<typeof reportStores> & {
  balances: Pick<BalanceStore, 'read'>;
  prices: Pick<PriceStore, 'inForce'>;
};

/** What was used and paid: live, by the hour, by mail, and whether it all agrees. */
export function createReports(parts: {
  knex: Knex;
  /** A read replica, if there is one. */
  reader: Knex;
  stores: ReportStores;
  transact: Transact<ReportStores & BillingMailStores>;
  counters: Counters;
  mails: StatementMails;
  lowBalanceTokens: number;
  publicUrl: string;
  logger: Logger;
}) {
  const { knex, reader, stores, transact, counters, logger } = parts;
  const live = createLiveUsage(counters, logger);
  const usage = createUsageService({ reader: createUsageStore(reader), stores, transact, live });
  const { mails, lowBalanceTokens, publicUrl } = parts;
  return {
    live,
    usage,
    stats: createStatsService({ store: createStatsStore(reader), usage }),
    reconciliations: createReconciliationService({
      store: createReconciliationStore(knex),
      ...{ usage, transact, logger },
    }),
    billingMails: createBillingMailService({
      ...{ stores, transact, mails, lowBalanceTokens, publicUrl },
    }),
    mailSettings: stores.statements,
  };
}
