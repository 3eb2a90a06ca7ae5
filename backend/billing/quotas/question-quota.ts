import { type QuotaLimits, quotaFor, quotaPeriods } from '../balance.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { AnswerCharges } from '../reservations/answer-charges.ts';
import { type QuotaUsage, refusalOf } from './quota.ts';

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

export interface QuotaReading extends QuotaUsage {
  limits: QuotaLimits;
  plan: CurrentPlan;
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
  const read = async (userId: string): Promise<QuotaReading> => {
    const { day, month } = quotaPeriods();
    const plan = await sources.planOf(userId);
    return {
      plan,
      limits: quotaFor(plan),
      requestsToday: await charges.questionsSince(userId, day),
      tokensThisMonth: await ledger.consumedSince(userId, month),
    };
  };
  return {
    read,
    async claim(userId) {
      const { held } = await ledger.lock(userId);
      const { limits, requestsToday, tokensThisMonth } = await read(userId);
      const refusal = refusalOf(limits, { requestsToday, tokensThisMonth }, held);
      if (refusal) throw refusal;
    },
  };
}
