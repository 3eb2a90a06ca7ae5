import { randomUUID } from 'node:crypto';
import type { Balance } from './balance.ts';
import { journals } from './ledger/journal.ts';
import type { LedgerStore } from './ledger/ledger-store.ts';

/** What other rooms do to balances; every method that writes runs within their transaction. */
export interface BalanceStore {
  open(userId: string): Promise<void>;
  read(userId: string): Promise<Balance>;
  /** A gift. `reference` names the occasion, which counts once. */
  credit(
    userId: string,
    type: 'grant',
    amount: number,
    reason: string,
    reference?: string,
  ): Promise<void>;
  /**
   * Moves the whole balance of one to another and says how much it was; `undefined`, and nothing done,
   * while part of it is held for an answer.
   */
  transfer(
    fromUserId: string,
    toUserId: string,
    reasons: { from: string; to: string },
  ): Promise<number | undefined>;
}

export function createBalanceStore(ledger: LedgerStore): BalanceStore {
  return {
    open: (userId) => ledger.open(userId),
    read: (userId) => ledger.read(userId),
    async credit(userId, _type, amount, reason, reference = randomUUID()) {
      await ledger.lock(userId);
      await ledger.post(journals.grant(amount, { userId, reason, reference }));
    },
    async transfer(fromUserId, toUserId, reasons) {
      for (const userId of [fromUserId, toUserId].sort()) await ledger.lock(userId);
      const { balance, held } = await ledger.read(fromUserId);
      if (held > 0) return undefined;
      const reference = randomUUID();
      const taken = { userId: fromUserId, reason: reasons.from, reference: `${reference}:from` };
      const given = { userId: toUserId, reason: reasons.to, reference: `${reference}:to` };
      await ledger.post(journals.adjust(-balance, taken));
      await ledger.post(journals.adjust(balance, given));
      return balance;
    },
  };
}
