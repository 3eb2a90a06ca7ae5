import type { ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';
import type { Channel, Order, Recharge } from '../api/billing-types.ts';

export interface PlacedOrder {
  order: Order;
  payment: Readonly<Record<string, string>>;
  /** When it expires, by this browser's clock. */
  deadline: number;
}

export interface OrderWish {
  packageId: string;
  channel: Extract<Channel, 'wechat_native' | 'wechat_jsapi'>;
  idempotencyKey: string;
}

/** The clocks of browser and server differ: what counts is how long the order still has. */
export function deadlineOf(expiresAt: string, serverDate: string | null, now: number): number {
  // The header leaves the parts of a second out.
  const serverNow = Date.parse(serverDate ?? '') + 999;
  return Number.isNaN(serverNow) ? Date.parse(expiresAt) : now + Date.parse(expiresAt) - serverNow;
}

export async function placeOrder(client: ApiClient, wish: OrderWish): Promise<PlacedOrder> {
  const { idempotencyKey, ...body } = wish;
  const options = { method: 'POST', body, idempotencyKey } as const;
  const response = await client.open('/api/billing/recharge', options);
  const { data } = (await response.json()) as { data: Recharge };
  const deadline = deadlineOf(data.order.expiresAt, response.headers.get('Date'), Date.now());
  return { ...data, deadline };
}

/** Not a hiccup: the site was never set up for it. */
export function takesNoPayments(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.status === 400 &&
    error.details.some(({ path }) => path === 'channel')
  );
}
