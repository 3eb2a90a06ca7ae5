import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf, toRow } from '../../platform/database/row.ts';
import type { PaymentChannel } from './order.ts';
import { NOT_ASKED_LATELY } from './order-store.ts';
import type { NewRefund, Refund } from './refund.ts';

/** Whoever writes holds the refund's order. */
export interface RefundStore {
  /** `undefined` when there is one with that number. */
  insert(refund: Omit<NewRefund, 'id'>): Promise<Refund | undefined>;
  byNumber(refundNo: string): Promise<Refund | undefined>;
  ofOrders(orderIds: readonly string[]): Promise<Refund[]>;
  /** Ends a pending one; `undefined` when it had ended before. */
  end(id: string, status: 'succeeded' | 'failed'): Promise<Refund | undefined>;
  /** Pending ones, those not asked for lately in relation to their age. */
  due(limit: number): Promise<Refund[]>;
  touch(id: string): Promise<void>;
  /** Of orders of these channels, with the number of the order. */
  succeededBetween(
    channels: readonly PaymentChannel[],
    from: Date,
    to: Date,
  ): Promise<(Refund & { tradeNo: string })[]>;
}

export function createRefundStore(knex: Knex): RefundStore {
  const refunds = () => knex('refunds');
  return {
    async insert(refund) {
      const row = { ...toRow(refund), id: randomUUID(), status: 'pending' };
      const [inserted] = await refunds()
        .insert(row)
        .onConflict('refund_no')
        .ignore()
        .returning('*');
      return inserted && toRefund(inserted);
    },
    async byNumber(refundNo) {
      const row = await refunds().where({ refund_no: refundNo }).first();
      return row && toRefund(row);
    },
    async ofOrders(orderIds) {
      const rows = await refunds()
        .whereIn('order_id', [...orderIds])
        .orderBy('created_at');
      return rows.map(toRefund);
    },
    async end(id, status) {
      const [row] = await refunds()
        .where({ id, status: 'pending' })
        .update({ status, ended_at: knex.raw('clock_timestamp()') })
        .returning('*');
      return row && toRefund(row);
    },
    async due(limit) {
      const rows = await refunds()
        .where({ status: 'pending' })
        .whereRaw(NOT_ASKED_LATELY)
        .orderBy('created_at')
        .limit(limit);
      return rows.map(toRefund);
    },
    async touch(id) {
      await refunds()
        .where({ id })
        .update({ queried_at: knex.raw('clock_timestamp()') });
    },
    async succeededBetween(channels, from, to) {
      const rows = await refunds()
        .join('orders', 'orders.id', 'order_id')
        .whereIn('channel', [...channels])
        .where({ 'refunds.status': 'succeeded' })
        .where('ended_at', '>=', from)
        .where('ended_at', '<', to)
        .select('refunds.*', 'trade_no');
      return rows.map(({ trade_no: tradeNo, ...row }) => ({ ...toRefund(row), tradeNo }));
    },
  };
}

type RefundRow = Omit<RowOf<Refund>, 'tokens'> & { tokens: string };

function toRefund(row: RefundRow): Refund {
  return fromRow<Refund>({ ...row, tokens: Number(row.tokens) });
}
