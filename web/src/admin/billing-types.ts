import type { Channel, ListedOrder, OrderStatus, Package, Rates } from '../api/billing-types.ts';

export interface DatedPrice {
  id: string;
  /** `*` for models without a row of their own. */
  model: string;
  currency: string;
  effectiveFrom: string;
  offPeak: Rates;
  peak: Rates;
  /** Millionths of the currency per million tokens. */
  providerOffPeak: Rates;
  providerPeak: Rates;
}

export interface DatedPrices {
  items: DatedPrice[];
  /** A day; later public holidays are charged as weekdays. */
  holidaysKnownUntil: string;
}

export interface ManagedPackage extends Package {
  position: number;
  retiredAt: string | null;
}

export interface RedeemBatch {
  id: string;
  note: string;
  count: number;
  redeemed: number;
  tokens: number;
  expiresAt: string | null;
  revokedAt: string | null;
  createdAt: string;
}

export interface OrderRefund {
  id: string;
  amountFen: number;
  tokens: number;
  reason: string;
  status: 'pending' | 'succeeded' | 'failed';
  createdAt: string;
}

export interface ManagedOrder extends ListedOrder {
  channel: Channel;
  status: OrderStatus;
  email: string | null;
  nickname: string;
  title: string | null;
  tradeNo: string;
  refunds: OrderRefund[];
}

export interface PaymentNotice {
  id: string;
  channel: 'wechat_pay' | 'wechat_virtual';
  tradeNo: string | null;
  outcome: string;
  detail: Record<string, unknown>;
  createdAt: string;
}

export interface SiteStats {
  users: { total: number; guests: number; learners: number; admins: number };
  active: { today: number; sevenDays: number };
  questions: { today: number; total: number };
  revenueFen: number;
  balanceTokens: { sold: number; granted: number; used: number };
  runningAnswers: number;
  jobs: { failed: number };
}

export interface UsageItem {
  /** A day by Beijing's calendar, or a model. */
  key: string;
  requests: number;
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  cost: number;
  currency: string;
  /** Millionths of the currency. */
  providerCost: number;
  revenueFen?: number;
}

export interface Reconciliation {
  id: string;
  day: string;
  kind: string;
  sound: boolean;
  detail: Record<string, unknown>;
  createdAt: string;
  /** When an administrator took note of a difference. */
  acknowledgedAt: string | null;
}
