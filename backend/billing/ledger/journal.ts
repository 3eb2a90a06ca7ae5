/**
 * Double-entry bookkeeping in balance tokens, whole numbers only. A user has two accounts,
 * `available` and `reserved`; the rest are the house's. Each journal moves tokens between accounts,
 * and its legs sum to zero, so that tokens are never made or lost, only moved.
 */
export type LedgerAccount =
  | 'available'
  | 'reserved'
  /** Given away: signing up, trying as a guest, an admin's credit. */
  | 'grants'
  /** Sold: against money that a payment provider or a redeem code stands for. */
  | 'recharge_clearing'
  /** Used up: answers and other services. */
  | 'revenue'
  /** Put right by hand, or moved between two accounts of one person. */
  | 'adjustments';

export type JournalKind =
  | 'grant'
  | 'recharge'
  | 'consume'
  | 'refund'
  | 'adjust'
  | 'reserve'
  | 'settle'
  | 'release';

export interface Leg {
  account: LedgerAccount;
  /** What the account gains; never 0. */
  amount: number;
}

export interface Journal {
  kind: JournalKind;
  userId: string;
  legs: readonly Leg[];
  /** Names the event the journal is for: together with the kind it is there once, for ever. */
  reference: string;
  reason: string;
  messageId: string | null;
}

type About = Pick<Journal, 'userId' | 'reference' | 'reason'> & { messageId?: string };

/** What happens to tokens, and between which accounts. */
export const journals = {
  grant: (amount: number, about: About) =>
    journal('grant', about, { grants: -amount, available: amount }),
  recharge: (amount: number, about: About) =>
    journal('recharge', about, { recharge_clearing: -amount, available: amount }),
  consume: (amount: number, about: About) =>
    journal('consume', about, { available: -amount, revenue: amount }),
  /** Money went back to the buyer, and what it had bought goes with it. */
  refund: (amount: number, about: About) =>
    journal('refund', about, { available: -amount, recharge_clearing: amount }),
  /** Either way; negative takes. */
  adjust: (amount: number, about: About) =>
    journal('adjust', about, { adjustments: -amount, available: amount }),
  reserve: (amount: number, about: About) =>
    journal('reserve', about, { available: -amount, reserved: amount }),
  /** Ends a reservation: `cost` of it is spent, the rest comes back. */
  settle: (amount: number, cost: number, about: About) =>
    journal('settle', about, { reserved: -amount, revenue: cost, available: amount - cost }),
  release: (amount: number, about: About) =>
    journal('release', about, { reserved: -amount, available: amount }),
};

function journal(
  kind: JournalKind,
  about: About,
  amounts: Partial<Record<LedgerAccount, number>>,
): Journal {
  const legs = Object.entries(amounts)
    .map(([account, amount]): Leg => ({ account: account as LedgerAccount, amount }))
    .filter(({ amount }) => amount !== 0);
  for (const { amount } of legs) {
    if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is no amount of tokens`);
  }
  return { ...about, kind, legs, messageId: about.messageId ?? null };
}

/** What a journal does to its user: to all they have, and to what of it is reserved. */
export function effectOf({ legs }: Pick<Journal, 'legs'>): { balance: number; held: number } {
  const total = (account: LedgerAccount) =>
    legs.reduce((sum, leg) => (leg.account === account ? sum + leg.amount : sum), 0);
  const held = total('reserved');
  return { balance: total('available') + held, held };
}
