import { allRows, type Page, toPage } from '../http/paging.ts';
import type { Balance, BalanceTransaction } from './balance.ts';
import type { LedgerStore, TransactionFilter } from './ledger/ledger-store.ts';
import type { QuestionQuota } from './quotas/question-quota.ts';

/** As it is shown: times are ISO 8601. */
export interface BalanceOverview extends Balance {
  available: number;
  quota: {
    plan: 'free' | 'vip';
    planUntil: string | null;
    dailyRequests: { used: number; limit: number };
    monthlyTokens: { used: number; limit: number };
  };
}

export interface BillingService {
  overview(userId: string): Promise<BalanceOverview>;
  /** Newest first. */
  transactions(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
    filter?: TransactionFilter,
  ): Promise<Page<BalanceTransaction>>;
  /** All of them, newest first, read a page at a time. */
  allTransactions(userId: string, filter?: TransactionFilter): AsyncIterable<BalanceTransaction>;
}

const PAGE = 500;

export function createBillingService(stores: {
  ledger: Pick<LedgerStore, 'read' | 'transactions'>;
  quota: Pick<QuestionQuota, 'read'>;
}): BillingService {
  const { ledger, quota } = stores;
  const positionOf = ({ createdAt, id }: BalanceTransaction): [string, string] => [
    createdAt.toISOString(),
    id,
  ];
  return {
    async overview(userId) {
      const { balance, held } = await ledger.read(userId);
      const { limits, plan, requestsToday, tokensThisMonth } = await quota.read(userId);
      return {
        balance,
        held,
        available: balance - held,
        quota: {
          plan: plan.plan,
          planUntil: plan.planUntil?.toISOString() ?? null,
          dailyRequests: { used: requestsToday, limit: limits.dailyRequests },
          monthlyTokens: { used: tokensThisMonth, limit: limits.monthlyTokens },
        },
      };
    },
    async transactions(userId, { limit, before }, filter) {
      const rows = await ledger.transactions(userId, { limit: limit + 1, before }, filter);
      return toPage(rows, limit, positionOf);
    },
    allTransactions: (userId, filter) =>
      allRows(
        (before: readonly [string, string] | undefined) =>
          ledger.transactions(userId, { limit: PAGE, before }, filter),
        positionOf,
      ),
  };
}
