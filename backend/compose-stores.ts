import type { Knex } from 'knex';
import { accountStores } from './accounts/compose-accounts.ts';
import type { AccountMails } from './accounts/email/account-mails.ts';
import { createAuditLogStore } from './admin/audit-log-store.ts';
import { createUserAdministrationStore } from './admin/user-administration-store.ts';
import { createBalanceStore } from './billing/balance-store.ts';
import { type QuotaSources, readQuota } from './billing/billing-service.ts';
import { createMessageStore } from './chat/message-store.ts';
import { createSessionStore } from './chat/session-store.ts';
import { createIdempotencyStore } from './http/idempotency.ts';
import { createJobStore, type JobStore } from './jobs/job-store.ts';
import { jobCatalogue } from './jobs.ts';
import { createLibraryStore } from './library/library-store.ts';
import type { Transact } from './platform/database/transact.ts';

export type Stores = ReturnType<typeof composeStores>;

/** All stores on one connection or one transaction. */
export function composeStores(knex: Knex) {
  const accounts = accountStores(knex);
  const jobs = createJobStore(knex);
  const balances = createBalanceStore(knex);
  const messages = createMessageStore(knex);
  const quotaSources: QuotaSources = {
    async planOf(userId) {
      const user = await accounts.users.byId(userId);
      if (!user) throw new Error(`no user ${userId}`);
      return user;
    },
  };
  return {
    ...accounts,
    administration: createUserAdministrationStore(knex),
    audit: createAuditLogStore(knex),
    accountMails: mailsAsJobs(jobs),
    idempotency: createIdempotencyStore(knex),
    balances,
    sessions: createSessionStore(knex),
    messages,
    library: createLibraryStore(knex),
    jobs,
    quotaSources,
    quota: { read: (userId: string) => readQuota(userId, { ...balances, ...quotaSources }) },
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

export function createTransact(knex: Knex): Transact<Stores> {
  return (work) => knex.transaction((transaction) => work(composeStores(transaction)));
}
