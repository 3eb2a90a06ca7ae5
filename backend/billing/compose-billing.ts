import type { AuditTrail } from '../audit-trail.ts';
import type { IdempotencyStore } from '../http/idempotency.ts';
import type { MistakeLimit } from '../http/rate-limit.ts';
import type { Logger } from '../logger.ts';
import type { Cache } from '../platform/cache/cache.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { SecretBox } from '../platform/secret-box.ts';
import { createBillingService } from './billing-service.ts';
import { createConsumeService } from './consume-service.ts';
import { type CreditStores, createCreditService } from './credit-service.ts';
import type { LedgerStore } from './ledger/ledger-store.ts';
import { createPackageService } from './packages/package-service.ts';
import type { PackageStore } from './packages/package-store.ts';
import { createPriceService } from './prices/price-service.ts';
import type { PriceStore } from './prices/price-store.ts';
import type { QuestionQuota, QuotaSources } from './quotas/question-quota.ts';
import { createQuotaGate } from './quotas/quota-gate.ts';
import { createRedeemBatchService } from './redeem/redeem-batch-service.ts';
import { createRedeemService } from './redeem/redeem-service.ts';
import type { RedeemStore } from './redeem/redeem-store.ts';
import type { LowBalance } from './reports/low-balance.ts';
import { createShortages } from './reservations/shortages.ts';

/** The stores that the services of this room use, its own and what it needs of others. */
export interface BillingStores {
  ledger: LedgerStore;
  prices: PriceStore;
  packages: PackageStore;
  redeem: RedeemStore;
  quota: QuestionQuota;
  quotaSources: QuotaSources;
  lowBalance: LowBalance;
  audit: AuditTrail;
  idempotency: IdempotencyStore;
  users: CreditStores['users'];
}

export type BillingServices = ReturnType<typeof createBilling>;

/** Nobody mistypes so many codes in an hour, check characters and all. */
export const WRONG_CODES = { name: 'redeem-code', mistakes: 10, seconds: 3600 };

export function createBilling(parts: {
  stores: BillingStores;
  transact: Transact<BillingStores>;
  cache: Cache;
  secretBox: SecretBox;
  /** Of redeem codes that nobody made. */
  wrongCodes: MistakeLimit;
  /** What may be asked, by the names it is asked for. */
  models: readonly string[];
  logger: Logger;
}) {
  const { stores, transact, cache, secretBox, wrongCodes, models, logger } = parts;
  return {
    account: createBillingService(stores),
    consumption: createConsumeService(transact),
    credits: createCreditService(transact),
    packages: createPackageService({ stores, transact }),
    prices: createPriceService({ stores, transact, models }),
    quotaGate: createQuotaGate({ cache, sources: stores.quotaSources }),
    redeemCodes: createRedeemBatchService({ stores, transact, secretBox }),
    redeem: createRedeemService(transact, wrongCodes),
    shortages: createShortages(transact, logger),
  };
}
