import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow } from '../../platform/database/row.ts';
import type { NewPaymentNotice, NoticeOutcome, PaymentNotice } from './payment-notice.ts';

export interface PaymentNoticeFilter {
  outcome?: NoticeOutcome | undefined;
  tradeNo?: string | undefined;
}

export interface PaymentNoticeStore {
  record(notice: NewPaymentNotice): Promise<void>;
  /** Newest first. */
  list(
    filter: PaymentNoticeFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<PaymentNotice[]>;
}

export function createPaymentNoticeStore(knex: Knex): PaymentNoticeStore {
  return {
    async record({ channel, tradeNo, outcome, detail }) {
      const row = { id: randomUUID(), channel, trade_no: tradeNo, outcome };
      await knex('payment_notices').insert({ ...row, detail: JSON.stringify(detail) });
    },
    async list({ outcome, tradeNo }, { limit, before }) {
      const rows = knex('payment_notices')
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit);
      if (outcome) rows.where({ outcome });
      if (tradeNo) rows.where({ trade_no: tradeNo });
      if (before) rows.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await rows).map((row) => fromRow<PaymentNotice>(row));
    },
  };
}
