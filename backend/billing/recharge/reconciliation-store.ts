import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

export interface PaymentReconciliation {
  /** Of Beijing's calendar, `2026-11-20`. */
  day: string;
  sound: boolean;
  detail: Record<string, unknown>;
}

const KIND = 'wechat_pay';

export interface PaymentReconciliationStore {
  has(day: string): Promise<boolean>;
  insert(result: PaymentReconciliation): Promise<void>;
}

export function createPaymentReconciliationStore(knex: Knex): PaymentReconciliationStore {
  const rows = () => knex('reconciliations');
  return {
    has: async (day) => (await rows().where({ kind: KIND, day }).first('id')) !== undefined,
    async insert({ day, sound, detail }) {
      const row = { id: randomUUID(), kind: KIND, day, sound };
      await rows().insert({ ...row, detail: JSON.stringify(detail) });
    },
  };
}
