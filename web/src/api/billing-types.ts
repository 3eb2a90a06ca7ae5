/** Thousandths of a balance token for each token of the model. */
export interface Rates {
  /** Read from the provider's cache. */
  cached: number;
  /** Read anew. */
  prompt: number;
  /** Written, reasoning included. */
  completion: number;
}

/** What an answer used and cost; where it was free or failed, there are no rates. */
export interface Usage {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  reasoningTokens?: number;
  cost: number;
  model: string;
  peak?: boolean;
  rates?: Rates;
}

export interface Amount {
  used: number;
  limit: number;
}

export type TransactionType = 'grant' | 'recharge' | 'consume' | 'refund' | 'adjust';

export interface Transaction {
  id: string;
  type: TransactionType;
  amount: number;
  balanceAfter: number;
  reason: string;
  messageId: string | null;
  /** Where the answer stands, as long as its conversation is there. */
  sessionId?: string | null;
  createdAt: string;
}

export interface CurrentPrice {
  model: string;
  peakNow: boolean;
  now: Rates;
  offPeak: Rates;
  peak: Rates;
  effectiveFrom: string;
}

export interface PriceBoard {
  items: CurrentPrice[];
  /** For a person. */
  peakHours: string;
}

export interface Package {
  id: string;
  title: string;
  tokens: number;
  amountFen: number;
  plan: 'vip' | null;
  planDays: number | null;
}

export type Channel = 'wechat_native' | 'wechat_jsapi' | 'wechat_virtual' | 'redeem_code';
export type OrderStatus = 'pending' | 'paid' | 'closed' | 'refunded';

export interface Order {
  id: string;
  status: OrderStatus;
  amountFen: number;
  tokens: number;
  /** What comes with the tokens, where it is told. */
  plan?: 'vip' | null;
  expiresAt: string;
}

/** As it stands in the list of the own ones. */
export interface ListedOrder extends Order {
  channel: Channel;
  packageId: string | null;
  /** What was given back so far. */
  refundedFen: number;
  createdAt: string;
  paidAt: string | null;
}

export interface Recharge {
  order: Order;
  /** What the payment starts with; differs by channel. */
  payment: Readonly<Record<string, string>>;
}
