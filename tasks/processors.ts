import type { Erasure } from '../backend/accounts/closing/erasure.ts';
import type { AccountMailDelivery } from '../backend/accounts/email/account-mail-delivery.ts';
import type { RechargeServices } from '../backend/billing/recharge/compose-recharge.ts';
import type { Reports } from '../backend/billing/reports/compose-reports.ts';
import type { AnswerService } from '../backend/chat/answer-service.ts';
import type { SessionKeeper } from '../backend/chat/session-keeper.ts';
import type { createDocuments } from '../backend/documents/compose-documents.ts';
import type { JobService } from '../backend/jobs/job-service.ts';
import type { JobProcessors } from '../backend/jobs.ts';
import type { IngestionService } from '../backend/library/ingestion-service.ts';
import { cleanUp, type Forgetful } from './clean-up.ts';
import { completeLibrary } from './complete-library.ts';
import { eraseAccounts } from './erase-accounts.ts';
import { ingestDocument } from './ingest-document.ts';
import { keepSession } from './keep-session.ts';
import { sendAccountMail } from './send-account-mail.ts';

export interface ProcessorServices {
  accounts: { erasure: Erasure; mailDelivery: AccountMailDelivery };
  answers: Pick<AnswerService, 'sweep'>;
  documents: Pick<ReturnType<typeof createDocuments>, 'ingestion' | 'check' | 'enrichment'>;
  ingestion: IngestionService;
  jobs: JobService;
  keeper: SessionKeeper;
  recharge: Pick<RechargeServices, 'settling' | 'refundSettling' | 'reconciling'>;
  reports: Pick<Reports, 'billingMails' | 'reconciliations' | 'usage'>;
  stores: Forgetful;
}

/** One processor a job; the type says that none is missing. */
export function createProcessors(services: ProcessorServices): JobProcessors {
  const { accounts, answers, documents, ingestion, jobs, keeper, recharge, reports, stores } =
    services;
  return {
    'ingest-work': ({ slug }, { report }) => ingestion.ingest(slug, report),
    'embed-work': ({ workId, space }, { report }) => ingestion.embed(workId, space, report),
    'ingest-document': (payload, context) => ingestDocument(documents.ingestion, payload, context),
    'enrich-document': (payload, context) => documents.enrichment.enrich(payload, context),
    'remove-vectors': ({ workId, gone }, { signal }) =>
      gone ? documents.check.removeVectors(workId) : documents.check.tidyVectors(workId, signal),
    'check-library': async (_, context) => context.setResult(await documents.check.check(context)),
    'complete-library': () => completeLibrary(ingestion, jobs),
    'sweep-answers': async () => {
      await answers.sweep();
    },
    'send-account-mail': (mail, { signal }) => sendAccountMail(accounts.mailDelivery, mail, signal),
    'title-session': ({ sessionId }, { signal }) => keepSession(keeper.title(sessionId, signal)),
    'summarise-session': ({ sessionId }, { signal }) =>
      keepSession(keeper.summarise(sessionId, signal)),
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
