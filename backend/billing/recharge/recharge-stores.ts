import type { Knex } from 'knex';
import type { AuditTrail } from '../../audit-trail.ts';
import type { IdempotencyStore } from '../../http/idempotency.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { PackageStore } from '../packages/package-store.ts';
import type { BillingMails } from '../reports/billing-mail.ts';
import type { LowBalance } from '../reports/low-balance.ts';
import type { ReconciliationStore } from '../reports/reconciliation-store.ts';
import type { FindingStores } from '../reports/recorded-finding.ts';
import { createBeneficiaryStore } from './beneficiary-store.ts';
import { createOrderStore } from './order-store.ts';
import { createPaymentNoticeStore } from './payment-notice-store.ts';
import { createPlanStore } from './plan-store.ts';
import { createRefundStore } from './refund-store.ts';

/** The stores of recharging, on one connection or one transaction. */
export function rechargeStores(knex: Knex) {
  return {
    orders: createOrderStore(knex),
    beneficiaries: createBeneficiaryStore(knex),
    refunds: createRefundStore(knex),
    plans: createPlanStore(knex),
    paymentNotices: createPaymentNoticeStore(knex),
  };
}

/** With the little that is needed of other rooms. */
export type RechargeStores = ReturnType<typeof rechargeStores> & {
  ledger: Pick<LedgerStore, 'lock' | 'post' | 'find'>;
  packages: Pick<PackageStore, 'byId'>;
  lowBalance: Pick<LowBalance, 'watch'>;
  audit: AuditTrail;
  idempotency: Pick<IdempotencyStore, 'claim' | 'keep'>;
  reconciliations: FindingStores['reconciliations'] & Pick<ReconciliationStore, 'has'>;
  billingMails: BillingMails;
};
