import type { TrialBalance } from '../ledger/ledger-store.ts';

export type ReconciliationKind = 'ledger' | 'usage' | 'wechat_pay';

/** What was found when two accounts of the same thing were compared. */
export interface Finding {
  kind: ReconciliationKind;
  sound: boolean;
  detail: Record<string, unknown>;
}

export interface Reconciliation extends Finding {
  id: string;
  /** Of Beijing's calendar: `2026-11-21`. */
  day: string;
  createdAt: Date;
  /** When an administrator took note of a difference. */
  acknowledgedAt: Date | null;
}

export interface LedgerReading {
  trial: TrialBalance;
  /** What the reservations say is set aside, and what the kept balances say. */
  reservations: number;
  keptHeld: number;
  /** The same for each user, where the two differ: the totals may agree by chance. */
  holding: { userId: string; reservations: number; kept: number }[];
  /** Journals whose entries do not sum to zero, or do not come to what the journal says. */
  unsoundJournals: string[];
  /** Orders that are paid, against what was credited for them. */
  orders: OrderDifference[];
  /** Refunds, against what was taken for them, and given back where they failed. */
  refunds: RefundDifference[];
  /** Hours whose sums are not what their journals come to. */
  flowHours: Date[];
}

export interface OrderDifference {
  /** As the journal has it where there is no such order. */
  orderId: string;
  tradeNo: string | null;
  userId: string;
  tokens: number | null;
  ledger: number | null;
}

export interface RefundDifference {
  refundId: string;
  tradeNo: string | null;
  tokens: number | null;
  ledger: number | null;
}

export interface UsageReading {
  /** Answers that cost one thing by their usage and another by the ledger. */
  answers: { messageId: string; usage: number | null; ledger: number | null }[];
  /** Hours whose sums are not what their answers come to. */
  hours: Date[];
}

export function judgeLedger(reading: LedgerReading): Finding {
  const { trial, reservations, keptHeld, holding, unsoundJournals, orders, refunds } = reading;
  const { totals, differing } = trial;
  const sum = Object.values(totals).reduce((total, amount) => total + amount, 0);
  const reserved = totals.reserved ?? 0;
  const flowHours = reading.flowHours.map((hour) => hour.toISOString());
  const lists = { differing, holding, unsoundJournals, orders, refunds, flowHours };
  const sound =
    sum === 0 &&
    reserved === reservations &&
    reserved === keptHeld &&
    Object.values(lists).every((list) => list.length === 0);
  return { kind: 'ledger', sound, detail: { totals, sum, reservations, keptHeld, ...lists } };
}

export function judgeUsage({ answers, hours }: UsageReading): Finding {
  const detail = { answers, hours: hours.map((hour) => hour.toISOString()) };
  return { kind: 'usage', sound: answers.length === 0 && hours.length === 0, detail };
}
