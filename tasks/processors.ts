import type { Erasure } from '../backend/accounts/closing/erasure.ts';
import type { AccountMailDelivery } from '../backend/accounts/email/account-mail-delivery.ts';
import type { RechargeServices } from '../backend/billing/recharge/compose-recharge.ts';
import type { Reports } from '../backend/billing/reports/compose-reports.ts';
import type { AnswerService } from '../backend/chat/answer-service.ts';
import type { JobService } from '../backend/jobs/job-service.ts';
import type { JobProcessors } from '../backend/jobs.ts';
import type { IngestionService } from '../backend/library/ingestion-service.ts';
import { cleanUp, type Forgetful } from './clean-up.ts';
import { completeLibrary } from './complete-library.ts';
import { eraseAccounts } from './erase-accounts.ts';
import { sendAccountMail } from './send-account-mail.ts';

export interface ProcessorServices {
  accounts: { erasure: Erasure; mailDelivery: AccountMailDelivery };
  answers: Pick<AnswerService, 'sweep'>;
  ingestion: IngestionService;
  jobs: JobService;
  recharge: Pick<RechargeServices, 'settling' | 'refundSettling' | 'reconciling'>;
  reports: Pick<Reports, 'billingMails' | 'reconciliations' | 'usage'>;
  stores: Forgetful;
}

/** One processor a job; the type says that none is missing. */
export function createProcessors(services: ProcessorServices): JobProcessors {
  const { accounts, answers, ingestion, jobs, recharge, reports, stores } = services;
  return {
    'ingest-work': ({ slug }, { report }) => ingestion.ingest(slug, report),
    'embed-work': ({ workId }, { report }) => ingestion.embed(workId, report),
    'complete-library': () => completeLibrary(ingestion, jobs),
    'sweep-answers': async () => {
      await answers.sweep();
    },
    'send-account-mail': (mail, { signal }) => sendAccountMail(accounts.mailDelivery, mail, signal),
    'erase-accounts': (_, { signal }) => eraseAccounts(accounts.erasure, signal),
    'query-orders': (_, { signal }) => recharge.settling.askDue(signal),
    'close-orders': (_, { signal }) => recharge.settling.settleExpired(signal),
    'query-refunds': (_, { signal }) => recharge.refundSettling.settleDue(signal),
    'reconcile-payments': async (_, { signal }) => recharge.reconciling?.reconcileDue(signal),
    'roll-up-usage': () => reports.usage.rollUp(),
    'reconcile-ledger': () => reports.reconciliations.reconcile(),
    'monthly-statement': async (_, { signal }) => {
      await reports.billingMails.requestStatements(signal);
    },
    'send-billing-mail': (mail, { signal }) => reports.billingMails.deliver(mail, signal),
    'clean-up': () => cleanUp(stores),
  };
}
