import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf, toRow } from '../../platform/database/row.ts';
import type {
  NewOrder,
  Order,
  OrderChannel,
  OrderStatus,
  PaymentChannel,
  PaymentHandle,
} from './order.ts';

type Position = readonly [string, string] | undefined;

export interface AdministeredOrder extends Order {
  title: string | null;
  email: string | null;
  nickname: string;
}

export interface OrderFilter {
  status?: OrderStatus | undefined;
  channel?: OrderChannel | undefined;
  /** Number of the order or the payment, id, or whose it is. */
  q?: string | undefined;
}

/** Whoever changes an order holds it first, in a transaction; balances come after orders. */
export interface OrderStore {
  insert(order: Omit<NewOrder, 'id'>): Promise<Order>;
  byId(id: string): Promise<Order | undefined>;
  byTransaction(transactionId: string): Promise<Order | undefined>;
  byTradeNo(tradeNo: string): Promise<Order | undefined>;
  lock(id: string): Promise<Order | undefined>;
  lockByTradeNo(tradeNo: string): Promise<Order | undefined>;
  /** The newest one that somebody could still pay. */
  pendingOf(
    wanted: Pick<Order, 'userId' | 'channel'> & { packageId: string },
  ): Promise<Order | undefined>;
  /** Keeps the first handle: whoever comes second gets that one. */
  keepHandle(id: string, handle: PaymentHandle): Promise<Order>;
  pay(id: string, payment: Pick<Order, 'transactionId' | 'paidAt'>): Promise<Order>;
  close(id: string): Promise<void>;
  markRefunded(id: string): Promise<void>;
  /** Of somebody and of accounts that became part of theirs; newest first. */
  ofUser(userId: string, page: { limit: number; before: Position }): Promise<Order[]>;
  search(
    filter: OrderFilter,
    page: { limit: number; before: Position },
  ): Promise<AdministeredOrder[]>;
  /** Pending, made before `before` and not run out; those not asked for lately for their age. */
  dueForQuery(before: Date, limit: number): Promise<Order[]>;
  /** Pending and run out. */
  expired(limit: number): Promise<Order[]>;
  /**
   * Closed here for less than a day, of channels where that hinders nobody from paying; those not asked
   * for lately for their age, and without those of which somebody was told already.
   */
  closedLately(channels: readonly PaymentChannel[], limit: number): Promise<Order[]>;
  touch(id: string): Promise<void>;
  paidBetween(channels: readonly PaymentChannel[], from: Date, to: Date): Promise<Order[]>;
  /** Whether anything was ever ordered by then. */
  anyBefore(channels: readonly PaymentChannel[], moment: Date): Promise<boolean>;
}

/** The older, the more rarely: a quarter of its age, between half a minute and ten. */
export const NOT_ASKED_LATELY = `(queried_at is null or queried_at < now() -
  greatest(interval '30 seconds', least((now() - created_at) / 4, interval '10 minutes')))`;

/** The same without an upper end: twenty questions in a day. */
const NOT_ASKED_FOR_A_QUARTER = `(queried_at is null or queried_at < now() -
  greatest(interval '30 seconds', (now() - created_at) / 4))`;
const NOT_REFUSED = `not exists (select from payment_notices
  where payment_notices.trade_no = orders.trade_no and outcome = 'refused')`;

const NEWEST_FIRST = [
  { column: 'orders.created_at', order: 'desc' as const },
  { column: 'orders.id', order: 'desc' as const },
];
const BEFORE = '(orders.created_at, orders.id) < (?::timestamptz, ?::uuid)';

export function createOrderStore(knex: Knex): OrderStore {
  const orders = () => knex('orders');
  const first = async (query: Knex.QueryBuilder): Promise<Order | undefined> => {
    const row = await query.first();
    return row && toOrder(row);
  };
  const all = async (query: Knex.QueryBuilder): Promise<Order[]> => (await query).map(toOrder);
  const change = async (id: string, values: object): Promise<Order> => {
    const [row] = await orders().where({ id }).update(values).returning('*');
    return toOrder(row);
  };
  return {
    async insert(order) {
      const row = { ...toRow(order), id: randomUUID(), status: 'pending' };
      const [inserted] = await orders().insert(row).returning('*');
      return toOrder(inserted);
    },
    byId: (id) => first(orders().where({ id })),
    byTransaction: (id) => first(orders().where({ transaction_id: id })),
    byTradeNo: (tradeNo) => first(orders().where({ trade_no: tradeNo })),
    lock: (id) => first(orders().where({ id }).forUpdate()),
    lockByTradeNo: (tradeNo) => first(orders().where({ trade_no: tradeNo }).forUpdate()),
    pendingOf: ({ userId, packageId, channel }) =>
      first(
        orders()
          .where({ user_id: userId, package_id: packageId, channel, status: 'pending' })
          .orderBy('created_at', 'desc'),
      ),
    async keepHandle(id, handle) {
      const payment = knex.raw('coalesce(payment, ?::jsonb)', [JSON.stringify(handle)]);
      return change(id, { payment });
    },
    pay: (id, { transactionId, paidAt }) =>
      change(id, { status: 'paid', transaction_id: transactionId, paid_at: paidAt }),
    async close(id) {
      await orders().where({ id, status: 'pending' }).update({ status: 'closed' });
    },
    async markRefunded(id) {
      await orders().where({ id }).update({ status: 'refunded' });
    },
    ofUser(userId, { limit, before }) {
      const mine = knex('users')
        .where({ id: userId })
        .orWhere({ merged_into: userId })
        .select('id');
      const rows = orders().whereIn('user_id', mine).orderBy(NEWEST_FIRST).limit(limit);
      return all(before ? rows.whereRaw(BEFORE, [...before]) : rows);
    },
    search: (filter, page) => search(knex, filter, page),
    dueForQuery: (before, limit) =>
      all(
        orders()
          .where({ status: 'pending' })
          .where('created_at', '<', before)
          .whereRaw('expires_at >= now()')
          .whereRaw(NOT_ASKED_LATELY)
          .orderBy('created_at')
          .limit(limit),
      ),
    expired: (limit) =>
      all(
        orders()
          .where({ status: 'pending' })
          .whereRaw('expires_at < now()')
          .whereRaw(NOT_ASKED_LATELY)
          .orderBy('created_at')
          .limit(limit),
      ),
    closedLately: (channels, limit) =>
      all(
        orders()
          .where({ status: 'closed' })
          .whereIn('channel', [...channels])
          .whereRaw(`expires_at > now() - interval '1 day'`)
          .whereRaw(NOT_ASKED_FOR_A_QUARTER)
          .whereRaw(NOT_REFUSED)
          .orderBy('created_at')
          .limit(limit),
      ),
    async touch(id) {
      await orders()
        .where({ id })
        .update({ queried_at: knex.raw('clock_timestamp()') });
    },
    paidBetween: (channels, from, to) =>
      all(
        orders()
          .whereIn('channel', [...channels])
          .where('paid_at', '>=', from)
          .where('paid_at', '<', to),
      ),
    async anyBefore(channels, moment) {
      const query = orders().whereIn('channel', [...channels]);
      return (await first(query.where('created_at', '<', moment))) !== undefined;
    },
  };
}

async function search(
  knex: Knex,
  { status, channel, q }: OrderFilter,
  { limit, before }: { limit: number; before: Position },
): Promise<AdministeredOrder[]> {
  const rows = knex('orders')
    .join('users', 'users.id', 'orders.user_id')
    .leftJoin('packages', 'packages.id', 'orders.package_id')
    .orderBy(NEWEST_FIRST)
    .limit(limit)
    .select('orders.*', 'packages.title', 'users.email', 'users.nickname');
  if (status) rows.where({ 'orders.status': status });
  if (channel) rows.where({ 'orders.channel': channel });
  if (q) {
    const pattern = `%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    rows.whereRaw(
      `(orders.trade_no = ? or orders.transaction_id = ? or orders.id::text = ?
        or orders.user_id::text = ? or users.email ilike ? or users.nickname ilike ?)`,
      [q, q, q, q, pattern, pattern],
    );
  }
  if (before) rows.whereRaw(BEFORE, [...before]);
  return (await rows).map((row) => {
    const { title, email, nickname } = row;
    return { ...toOrder(row), title, email, nickname };
  });
}

type OrderRow = Omit<RowOf<Order>, 'tokens'> & { tokens: string };

function toOrder(row: OrderRow): Order {
  return fromRow<Order>({ ...row, tokens: Number(row.tokens) });
}
