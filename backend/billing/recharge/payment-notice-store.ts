import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

export interface PaymentNotice {
  channel: 'wechat_pay' | 'wechat_virtual';
  tradeNo: string | null;
  /** What became of it: `credited`, `repeated`, `refused` … */
  outcome: string;
  /** What it said, without what names a person. */
  detail: Record<string, unknown>;
}

export interface PaymentNoticeStore {
  record(notice: PaymentNotice): Promise<void>;
}

export function createPaymentNoticeStore(knex: Knex): PaymentNoticeStore {
  return {
    async record({ channel, tradeNo, outcome, detail }) {
      const row = { id: randomUUID(), channel, trade_no: tradeNo, outcome };
      await knex('payment_notices').insert({ ...row, detail: JSON.stringify(detail) });
    },
  };
}
