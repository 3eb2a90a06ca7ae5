import type { Knex } from 'knex';
import { accountStores } from './accounts/compose-accounts.ts';
import type { AccountMails } from './accounts/email/account-mails.ts';
import { currentPlan } from './accounts/user.ts';
import { createAuditLogStore } from './admin/audit-log-store.ts';
import { createUserAdministrationStore } from './admin/user-administration-store.ts';
import { createBalanceStore } from './billing/balance-store.ts';
import { createLedgerStore } from './billing/ledger/ledger-store.ts';
import { createPackageStore } from './billing/packages/package-store.ts';
import { createPriceStore } from './billing/prices/price-store.ts';
import { createQuestionQuota, type QuotaSources } from './billing/quotas/question-quota.ts';
import { rechargeStores } from './billing/recharge/recharge-stores.ts';
import { createRedeemStore } from './billing/redeem/redeem-store.ts';
import type { BillingMails } from './billing/reports/billing-mail.ts';
import { reportStores } from './billing/reports/compose-reports.ts';
import { createLowBalance, type LowBalanceRule } from './billing/reports/low-balance.ts';
import { createAnswerCharges } from './billing/reservations/answer-charges.ts';
import { createFavoriteStore } from './chat/favorite-store.ts';
import { createFeedbackStore } from './chat/feedback-store.ts';
import { createMessageStore } from './chat/message-store.ts';
import { createSessionStore } from './chat/session-store.ts';
import { createSessionUpkeep, noUpkeep, type UpkeepJob } from './chat/session-upkeep.ts';
import { createSummaryStore } from './chat/summary-store.ts';
import { documentStores } from './documents/document-stores.ts';
import { createIdempotencyStore } from './http/idempotency.ts';
import { createJobArchive } from './jobs/job-archive.ts';
import { createJobStore, type JobStore } from './jobs/job-store.ts';
import { jobCatalogue } from './jobs.ts';
import { createLibraryStore } from './library/library-store.ts';
import { createReadingReportStore } from './library/reading-reports/reading-report-store.ts';
import { createReadingStore } from './library/reading-store.ts';
import { createVectorSpaceStore } from './library/vector-spaces/vector-space-store.ts';
import type { Counters } from './platform/counters/counters.ts';
import type { Database } from './platform/database/database.ts';
import { createReading, type Reading } from './platform/database/reading.ts';
import type { Transact } from './platform/database/transact.ts';

export type Stores = ReturnType<typeof composeStores>;

export interface StoreOptions {
  /** The end of an answer asks for a title and a summary where they are due, which takes a model. */
  upkeep?: boolean;
  /** Left out, nobody is told that their balance is low. */
  lowBalance?: LowBalanceRule;
}

const NEVER_LOW: LowBalanceRule = { tokens: 0 };

/** All stores on one connection or one transaction. */
export function composeStores(
  knex: Knex,
  { upkeep = false, lowBalance = NEVER_LOW }: StoreOptions = {},
) {
  const accounts = accountStores(knex);
  const jobs = createJobStore(knex);
  const ledger = createLedgerStore(knex);
  const prices = createPriceStore(knex);
  const reports = reportStores(knex);
  const billingMails = billingMailsAsJobs(jobs);
  const charges = createAnswerCharges(knex, ledger, prices, reports.usage);
  const balances = createBalanceStore(ledger);
  const messages = createMessageStore(knex);
  const sessions = createSessionStore(knex);
  const summaries = createSummaryStore(knex);
  const quotaSources: QuotaSources = {
    async planOf(userId) {
      const user = await accounts.users.byId(userId);
      if (!user) throw new Error(`no user ${userId}`);
      const plan = currentPlan(user);
      return { role: user.role, plan, planUntil: plan === 'free' ? null : user.planUntil };
    },
  };
  return {
    ...accounts,
    administration: createUserAdministrationStore(knex),
    audit: createAuditLogStore(knex),
    accountMails: mailsAsJobs(jobs),
    billingMails,
    ...reports,
    lowBalance: createLowBalance({ ledger, prices, ...reports, billingMails }, lowBalance),
    idempotency: createIdempotencyStore(knex),
    ledger,
    prices,
    charges,
    balances,
    sessions,
    messages,
    favorites: createFavoriteStore(knex),
    feedback: createFeedbackStore(knex),
    summaries,
    upkeep: upkeep
      ? createSessionUpkeep({ sessions, summaries, request: upkeepAsJobs(jobs) })
      : noUpkeep,
    library: createLibraryStore(knex),
    ...documentStores(knex),
    readings: createReadingStore(knex),
    readingReports: createReadingReportStore(knex),
    vectorSpaces: createVectorSpaceStore(knex),
    jobs,
    jobArchive: createJobArchive(knex),
    quotaSources,
    quota: createQuestionQuota({ ledger, charges, sources: quotaSources }),
    packages: createPackageStore(knex),
    redeem: createRedeemStore(knex),
    ...rechargeStores(knex),
  };
}

/** A mail is a job, recorded together with what it is about. */
function mailsAsJobs(jobs: Pick<JobStore, 'insert'>): AccountMails {
  const kind = 'send-account-mail';
  const { maxAttempts } = jobCatalogue[kind];
  return {
    async request(mail) {
      await jobs.insert({ kind, payload: mail, maxAttempts });
    },
  };
}

function billingMailsAsJobs(jobs: Pick<JobStore, 'insert'>): BillingMails {
  const kind = 'send-billing-mail';
  const { maxAttempts } = jobCatalogue[kind];
  return {
    async request(mail) {
      await jobs.insert({ kind, payload: mail, maxAttempts });
    },
  };
}

/** One unfinished job of a kind for a conversation. */
function upkeepAsJobs(jobs: Pick<JobStore, 'insert'>) {
  return async ({ kind, sessionId }: UpkeepJob): Promise<void> => {
    const { maxAttempts } = jobCatalogue[kind];
    await jobs.insert({ kind, payload: { sessionId }, maxAttempts, dedupeKey: sessionId });
  };
}

/** For what is only shown, which may come from a replica. */
export function createStoreReading(
  { replica }: Database,
  primary: Stores,
  counters: Counters,
): Reading<Stores> {
  return createReading({
    ...{ primary, counters },
    replica: replica && { stores: composeStores(replica.knex), state: replica },
  });
}

export function createTransact(knex: Knex, options: StoreOptions = {}): Transact<Stores> {
  return (work) => knex.transaction((transaction) => work(composeStores(transaction, options)));
}
