/** Codes that were made together and are worth the same. */
export interface RedeemBatch {
  id: string;
  note: string;
  count: number;
  /** How many of them have been used. */
  redeemed: number;
  /** What each is worth. */
  tokens: number;
  expiresAt: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
}

export interface NewRedeemBatch {
  count: number;
  tokens: number;
  expiresAt?: Date | undefined;
  note: string;
}

/** What a code bought; an order like any other, already paid for. */
export interface RedeemOrder {
  id: string;
  status: 'paid';
  amountFen: 0;
  tokens: number;
  expiresAt: Date;
}
