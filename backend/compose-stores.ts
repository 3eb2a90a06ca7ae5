import type { Knex } from 'knex';
import { createRefreshTokenStore } from './accounts/refresh-token-store.ts';
import { createUserStore } from './accounts/user-store.ts';
import { createBalanceStore } from './billing/balance-store.ts';
import { type QuotaSources, readQuota } from './billing/billing-service.ts';
import { createMessageStore } from './chat/message-store.ts';
import { createSessionStore } from './chat/session-store.ts';
import { createIdempotencyStore } from './http/idempotency.ts';
import { createJobStore } from './jobs/job-store.ts';
import { createLibraryStore } from './library/library-store.ts';
import type { Transact } from './platform/database/transact.ts';

export type Stores = ReturnType<typeof composeStores>;

/** All stores on one connection or one transaction. */
export function composeStores(knex: Knex) {
  const users = createUserStore(knex);
  const balances = createBalanceStore(knex);
  const messages = createMessageStore(knex);
  const quotaSources: QuotaSources = {
    async planOf(userId) {
      const user = await users.byId(userId);
      if (!user) throw new Error(`no user ${userId}`);
      return user;
    },
  };
  return {
    users,
    refreshTokens: createRefreshTokenStore(knex),
    idempotency: createIdempotencyStore(knex),
    balances,
    sessions: createSessionStore(knex),
    messages,
    library: createLibraryStore(knex),
    jobs: createJobStore(knex),
    quotaSources,
    quota: { read: (userId: string) => readQuota(userId, { ...balances, ...quotaSources }) },
  };
}

export function createTransact(knex: Knex): Transact<Stores> {
  return (work) => knex.transaction((transaction) => work(composeStores(transaction)));
}
