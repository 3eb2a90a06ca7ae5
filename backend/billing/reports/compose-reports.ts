import type { Knex } from 'knex';
import type { AuditTrail } from '../../audit-trail.ts';
import type { Logger } from '../../logger.ts';
import type { Counters } from '../../platform/counters/counters.ts';
import type { Read } from '../../platform/database/reading.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { PriceStore } from '../prices/price-store.ts';
import type { StatementMails } from './billing-mail.ts';
import { type BillingMailStores, createBillingMailService } from './billing-mail-service.ts';
import { createFlowStore } from './flow-store.ts';
import { createLiveUsage } from './live-usage.ts';
import type { LowBalance } from './low-balance.ts';
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
  return {
    usage: createUsageStore(knex),
    flows: createFlowStore(knex),
    stats: createStatsStore(knex),
    statements: createStatementStore(knex),
    reconciliations: createReconciliationStore(knex),
  };
}

type ReportStores = ReturnType<typeof reportStores> & {
  lowBalance: LowBalance;
  prices: Pick<PriceStore, 'byId'>;
};

/** What was used and paid: live, by the hour, by mail, and whether it all agrees. */
export function createReports(parts: {
  /** Reports are only shown, and may come from a replica. */
  read: Read<Pick<ReportStores, 'usage' | 'flows' | 'stats'>>;
  stores: ReportStores;
  transact: Transact<ReportStores & BillingMailStores & { audit: AuditTrail }>;
  counters: Counters;
  mails: StatementMails;
  publicUrl: string;
  logger: Logger;
}) {
  const { read, stores, transact, counters, logger } = parts;
  const live = createLiveUsage(counters, stores.prices, logger);
  const usage = createUsageService({ read, stores, transact, live });
  const { mails, publicUrl } = parts;
  return {
    live,
    usage,
    stats: createStatsService({ read, usage }),
    reconciliations: createReconciliationService({
      ...{ store: stores.reconciliations, usage, transact, logger },
    }),
    billingMails: createBillingMailService({ stores, transact, mails, publicUrl }),
    mailSettings: stores.statements,
  };
}
