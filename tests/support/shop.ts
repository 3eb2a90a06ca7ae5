import { z } from 'zod';
import * as contract from './contract-schemas.ts';
import { asLearner, type Learner, register, visit } from './service-client.ts';
import { type Mode, openSpace, type ServiceSpace } from './service-space.ts';
import type { RunningService } from './start-service.ts';
import {
  type StandInKeys,
  sendNotice,
  startWechatPayStandIn,
  type WechatPayStandIn,
} from './wechat-pay-stand-in.ts';

const ADMIN = { ADMIN_EMAIL: 'head@example.org', ADMIN_PASSWORD: '师者，所以传道授业解惑也' };

export const order = z.object({
  id: z.uuid(),
  status: z.enum(['pending', 'paid', 'closed', 'refunded']),
  amountFen: z.int(),
  tokens: z.int(),
  expiresAt: z.iso.datetime(),
});
export const ticket = z.object({ order, payment: z.record(z.string(), z.string()) });
export const ownOrder = order.extend({
  channel: z.string(),
  refundedFen: z.int(),
  paidAt: z.iso.datetime().nullable(),
});

export interface Package {
  id: string;
  title: string;
  tokens: number;
  amountFen: number;
  plan: string | null;
}

/** A service that sells, and WeChat Pay beside it. */
export interface Shop {
  space: ServiceSpace;
  service: RunningService;
  wechat: WechatPayStandIn;
  packages: Package[];
  packageNamed(title: string): Package;
  admin(): Promise<Learner>;
  /** A new learner, who has nothing but the welcome tokens. */
  buyer(): Promise<Learner>;
  /** Orders the first package; `tradeNo` is what WeChat Pay knows it by. */
  order(
    buyer: Learner,
    more?: object,
    key?: string,
  ): Promise<z.infer<typeof ticket> & { tradeNo: string }>;
  /** The buyer pays and WeChat Pay says so. */
  payFor(tradeNo: string): Promise<Response>;
  stateOf(buyer: Learner, orderId: string): Promise<z.infer<typeof ownOrder>>;
  /** What recharges, refunds and adjustments came to, newest first. */
  postings(buyer: Learner): Promise<{ type: string; amount: number; reason: string }[]>;
  notices(tradeNo: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openShop(
  mode: Mode,
  environment: Record<string, string> = {},
  options: StandInKeys = {},
): Promise<Shop> {
  const wechat = await startWechatPayStandIn(options);
  const space = await openSpace(mode);
  space.beforeDisposal(() => wechat.close());
  const service = await space.start({ ...wechat.environment, ...ADMIN, ...environment });
  const { knex } = service.platform.database;
  const rows = await knex('packages').orderBy('position');
  const packages: Package[] = rows.map((row) => ({
    id: row.id,
    title: row.title,
    tokens: Number(row.tokens),
    amountFen: row.amount_fen,
    plan: row.plan,
  }));
  const packageNamed = (title: string) => {
    const found = packages.find((each) => each.title === title);
    if (!found) throw new Error(`no package ${title}`);
    return found;
  };
  return {
    ...{ space, service, wechat, packages, packageNamed },
    async admin() {
      const reply = await visit(service.url).post('/api/auth/email-login', {
        email: ADMIN.ADMIN_EMAIL,
        password: ADMIN.ADMIN_PASSWORD,
      });
      return asLearner(service.url, reply.data(contract.login));
    },
    buyer: () => register(service.url),
    async order(buyer, more = {}, key) {
      const wanted = { packageId: packages[0]?.id, channel: 'wechat_native', ...more };
      const headers = key === undefined ? {} : { 'idempotency-key': key };
      const reply = await buyer.post('/api/billing/recharge', wanted, headers);
      const made = reply.data(ticket, 201);
      const row = await knex('orders').where({ id: made.order.id }).first('trade_no');
      return { ...made, tradeNo: row.trade_no };
    },
    payFor: (tradeNo) => sendNotice(service.url, wechat.notice(wechat.pay(tradeNo))),
    stateOf: async (buyer, orderId) =>
      (await buyer.get(`/api/billing/orders/${orderId}`)).data(ownOrder),
    async postings(buyer) {
      const reply = await buyer.get('/api/billing/transactions?limit=100');
      return reply
        .data(contract.pageOf(contract.transaction))
        .items.filter(({ type }) => ['recharge', 'refund', 'adjust'].includes(type))
        .map(({ type, amount, reason }) => ({ type, amount, reason }));
    },
    async notices(tradeNo) {
      const found = await knex('payment_notices')
        .where({ trade_no: tradeNo })
        .orderBy('created_at');
      return found.map(({ outcome }) => outcome);
    },
    close: () => space.dispose(),
  };
}
