import { type QuotaLimits, quotaFor, quotaPeriods } from '../balance.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { AnswerCharges } from '../reservations/answer-charges.ts';
import { type QuotaUsage, refusalOf, requestsOf } from './quota.ts';

export interface CurrentPlan {
  role: string;
  /** What counts now; one that is over is `free`. */
  plan: 'free' | 'vip';
  planUntil: Date | null;
}

/** What billing needs to know of others: who pays what. */
export interface QuotaSources {
  planOf(userId: string): Promise<CurrentPlan>;
}

export interface QuotaReading {
  limits: QuotaLimits;
  plan: CurrentPlan;
  /** Those that are being answered included. */
  requestsToday: number;
  tokensThisMonth: number;
}

/** The quota as the database knows it: counted from what was reserved and spent, never kept apart. */
export interface QuestionQuota {
  read(userId: string): Promise<QuotaReading>;
  /**
   * Within the transaction that accepts a question: throws `QuotaExceeded` when there is no place
   * for it. Holds the learner's balance first, so that of two questions at once the second counts
   * the first.
   */
  claim(userId: string): Promise<void>;
}

export function createQuestionQuota(parts: {
  ledger: Pick<LedgerStore, 'lock' | 'consumedSince'>;
  charges: Pick<AnswerCharges, 'questionsSince'>;
  sources: QuotaSources;
}): QuestionQuota {
  const { ledger, charges, sources } = parts;
  const count = async (userId: string) => {
    const { day, month } = quotaPeriods();
    const plan = await sources.planOf(userId);
    const { answered, failed, underWay } = await charges.questionsSince(userId, day);
    const tokensThisMonth = await ledger.consumedSince(userId, month);
    const usage: QuotaUsage = { answeredToday: answered, failedToday: failed, tokensThisMonth };
    return { plan, limits: quotaFor(plan), usage, underWay };
  };
  return {
    async read(userId) {
      const { plan, limits, usage, underWay } = await count(userId);
      const { tokensThisMonth } = usage;
      return { plan, limits, requestsToday: requestsOf(limits, usage) + underWay, tokensThisMonth };
    },
    async claim(userId) {
      const { held } = await ledger.lock(userId);
      const { limits, usage, underWay } = await count(userId);
      const refusal = refusalOf(limits, usage, { answers: underWay, tokens: held });
      if (refusal) throw refusal;
    },
  };
}
