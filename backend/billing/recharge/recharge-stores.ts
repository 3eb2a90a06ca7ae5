import type { Knex } from 'knex';
import type { AuditTrail } from '../audit-trail.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { PackageStore } from '../packages/package-store.ts';
import { createOrderStore } from './order-store.ts';
import { createPaymentNoticeStore } from './payment-notice-store.ts';
import { createPlanStore } from './plan-store.ts';
import { createPaymentReconciliationStore } from './reconciliation-store.ts';
import { createRefundStore } from './refund-store.ts';

/** The stores of recharging, on one connection or one transaction. */
export function rechargeStores(knex: Knex) {
  return {
    orders: createOrderStore(knex),
    refunds: createRefundStore(knex),
    plans: createPlanStore(knex),
    paymentNotices: createPaymentNoticeStore(knex),
    paymentReconciliations: createPaymentReconciliationStore(knex),
  };
}

/** With the little that is needed of other rooms. */
export type RechargeStores = ReturnType<typeof rechargeStores> & {
  ledger: Pick<LedgerStore, 'lock' | 'post'>;
  packages: Pick<PackageStore, 'byId'>;
  audit: AuditTrail;
};
