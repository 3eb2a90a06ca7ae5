import type { LedgerStore } from '../ledger/ledger-store.ts';
import { costOf, priceAt } from '../prices/price.ts';
import type { PriceStore } from '../prices/price-store.ts';
import type { BillingMails } from './billing-mail.ts';
import type { StatementStore } from './statement-store.ts';

/** When a balance is low. */
export interface LowBalanceRule {
  /** Below so many tokens, whatever a question costs; with 0 nobody is ever told. */
  tokens: number;
  /** A short question to the usual model: a balance that cannot bear it any more is low as well. */
  question?: { model: string; promptTokens: number; outputTokens: number } | undefined;
}

export interface LowBalanceReading {
  available: number;
  /** What a short question sets aside at the dearest hour; 0 when questions cost nothing. */
  perQuestion: number;
  isLow: boolean;
}

export interface LowBalance {
  /** `needed`: what somebody was refused for; then that is too little as well. */
  read(userId: string, needed?: number): Promise<LowBalanceReading>;
  /**
   * Within the transaction that took tokens: a mail when few are left, once until tokens come in
   * again.
   */
  watch(userId: string, needed?: number): Promise<void>;
}

export function createLowBalance(
  stores: {
    ledger: Pick<LedgerStore, 'read'>;
    prices: Pick<PriceStore, 'inForceNow'>;
    statements: Pick<StatementStore, 'noteLowBalance'>;
    billingMails: BillingMails;
  },
  { tokens, question }: LowBalanceRule,
): LowBalance {
  const { ledger, prices, statements, billingMails } = stores;

  /** At the peak price: who can just ask in the evening cannot the next morning. */
  async function costOfQuestion(): Promise<number> {
    if (!question) return 0;
    const { model, promptTokens, outputTokens: completionTokens } = question;
    const { moment, prices: rows } = await prices.inForceNow(model);
    const price = priceAt(rows, model, moment);
    return price ? costOf(price.peak, { promptTokens, cachedTokens: 0, completionTokens }) : 0;
  }

  async function read(userId: string, needed = 0): Promise<LowBalanceReading> {
    const { balance, held } = await ledger.read(userId);
    const available = balance - held;
    const perQuestion = await costOfQuestion();
    const isLow = tokens > 0 && available < Math.max(tokens, perQuestion, needed);
    return { available, perQuestion, isLow };
  }

  return {
    read,
    async watch(userId, needed) {
      const { isLow } = await read(userId, needed);
      if (!isLow || !(await statements.noteLowBalance(userId))) return;
      await billingMails.request({ kind: 'low_balance', userId, needed });
    },
  };
}
