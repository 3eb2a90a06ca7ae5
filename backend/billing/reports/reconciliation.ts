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
}

export interface LedgerReading {
  trial: TrialBalance;
  /** What the reservations say is set aside, and what the kept balances say. */
  reservations: number;
  keptHeld: number;
  /** Journals whose entries do not sum to zero, or do not come to what the journal says. */
  unsoundJournals: string[];
}

export interface UsageReading {
  /** Answers that cost one thing by their usage and another by the ledger. */
  answers: { messageId: string; usage: number | null; ledger: number | null }[];
  /** Hours whose sums are not what their answers come to. */
  hours: Date[];
}

export function judgeLedger(reading: LedgerReading): Finding {
  const { trial, reservations, keptHeld, unsoundJournals } = reading;
  const sum = Object.values(trial.totals).reduce((total, amount) => total + amount, 0);
  const reserved = trial.totals.reserved ?? 0;
  const sound =
    sum === 0 &&
    trial.differing.length === 0 &&
    unsoundJournals.length === 0 &&
    reserved === reservations &&
    reserved === keptHeld;
  const { totals, differing } = trial;
  return {
    kind: 'ledger',
    sound,
    detail: { totals, sum, reservations, keptHeld, differing, unsoundJournals },
  };
}

export function judgeUsage({ answers, hours }: UsageReading): Finding {
  const detail = { answers, hours: hours.map((hour) => hour.toISOString()) };
  return { kind: 'usage', sound: answers.length === 0 && hours.length === 0, detail };
}
