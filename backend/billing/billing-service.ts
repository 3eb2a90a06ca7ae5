import type { Page } from '../http/paging.ts';
import { toPage } from '../http/paging.ts';
import {
  type Balance,
  type BalanceTransaction,
  type QuotaLimits,
  quotaFor,
  quotaPeriods,
} from './balance.ts';
import type { BalanceStore } from './balance-store.ts';

export interface BalanceOverview extends Balance {
  available: number;
  quota: {
    dailyRequests: { used: number; limit: number };
    monthlyTokens: { used: number; limit: number };
  };
}

/** What billing needs to know of others: who pays what. */
export interface QuotaSources {
  planOf(userId: string): Promise<{ role: string; plan: 'free' | 'vip' }>;
}

export interface BillingService {
  overview(userId: string): Promise<BalanceOverview>;
  transactions(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<BalanceTransaction>>;
}

/** How much of the quota is used; also read within the transaction that accepts a question. */
export async function readQuota(
  userId: string,
  sources: QuotaSources & Pick<BalanceStore, 'consumedSince' | 'questionsSince'>,
): Promise<{ limits: QuotaLimits; requestsToday: number; tokensThisMonth: number }> {
  const { day, month } = quotaPeriods();
  return {
    limits: quotaFor(await sources.planOf(userId)),
    requestsToday: await sources.questionsSince(userId, day),
    tokensThisMonth: await sources.consumedSince(userId, month),
  };
}

export function createBillingService(parts: {
  balances: BalanceStore;
  sources: QuotaSources;
}): BillingService {
  const { balances, sources } = parts;
  return {
    async overview(userId) {
      const { balance, held } = await balances.read(userId);
      const usage = await readQuota(userId, { ...balances, ...sources });
      return {
        balance,
        held,
        available: balance - held,
        quota: {
          dailyRequests: { used: usage.requestsToday, limit: usage.limits.dailyRequests },
          monthlyTokens: { used: usage.tokensThisMonth, limit: usage.limits.monthlyTokens },
        },
      };
    },
    async transactions(userId, { limit, before }) {
      const rows = await balances.transactions(userId, { limit: limit + 1, before });
      return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    },
  };
}
