import { beijingClock, beijingMidnight } from './beijing-time.ts';

export interface Balance {
  balance: number;
  /** Part of the balance that running answers may still use. */
  held: number;
}

export type TransactionType = 'grant' | 'recharge' | 'consume' | 'refund' | 'adjust';

export interface BalanceTransaction {
  id: string;
  type: TransactionType;
  /** Signed: what came in is positive. */
  amount: number;
  balanceAfter: number;
  reason: string;
  messageId: string | null;
  /** Where that message is; null when the conversation was deleted. */
  sessionId: string | null;
  createdAt: Date;
}

export interface QuotaLimits {
  dailyRequests: number;
  monthlyTokens: number;
}

const QUOTAS: Record<'guest' | 'free' | 'vip', QuotaLimits> = {
  guest: { dailyRequests: 30, monthlyTokens: 100_000 },
  free: { dailyRequests: 200, monthlyTokens: 2_000_000 },
  vip: { dailyRequests: 2_000, monthlyTokens: 50_000_000 },
};

export function quotaFor(user: { role: string; plan: 'free' | 'vip' }): QuotaLimits {
  return user.role === 'guest' ? QUOTAS.guest : QUOTAS[user.plan];
}

/** When the current day and month began for learners in China, and when they will be over. */
export function quotaPeriods(now = new Date()) {
  const local = beijingClock(now);
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  return {
    day: beijingMidnight(year, month, day),
    month: beijingMidnight(year, month, 1),
    dayEnds: beijingMidnight(year, month, day + 1),
    monthEnds: beijingMidnight(year, month + 1, 1),
  };
}
