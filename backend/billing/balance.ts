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

const BEIJING_OFFSET_MS = 8 * 60 * 60 * 1000;

/** When the current day and month began for learners in China (UTC+8, no daylight saving). */
export function quotaPeriods(now = new Date()): { day: Date; month: Date } {
  const local = new Date(now.getTime() + BEIJING_OFFSET_MS);
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  return {
    day: new Date(Date.UTC(year, month, day) - BEIJING_OFFSET_MS),
    month: new Date(Date.UTC(year, month, 1) - BEIJING_OFFSET_MS),
  };
}
