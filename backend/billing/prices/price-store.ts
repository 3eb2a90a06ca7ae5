import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf, toRow } from '../../platform/database/row.ts';
import { ANY_MODEL, type Price } from './price.ts';

export interface PriceStore {
  /** All rows there ever were, newest first. */
  all(): Promise<Price[]>;
  /**
   * The rows among which `priceAt` chooses for a model and a moment. Read each time, a handful by
   * index, so that a new row takes effect at once in every process.
   */
  inForce(model: string, moment: Date): Promise<Price[]>;
  /** `undefined` when the model has a row from that very moment. */
  insert(price: Omit<Price, 'id'>, authorId: string): Promise<Price | undefined>;
}

export function createPriceStore(knex: Knex): PriceStore {
  return {
    async all() {
      const rows = await knex('prices').orderBy('effective_from', 'desc');
      return rows.map((row: RowOf<Price>) => fromRow<Price>(row));
    },
    async inForce(model, moment) {
      const rows = await knex('prices')
        .distinctOn('model')
        .where('effective_from', '<=', moment)
        .whereRaw('(model = ? or starts_with(?, model))', [ANY_MODEL, model.toLowerCase()])
        .orderBy([{ column: 'model' }, { column: 'effective_from', order: 'desc' }]);
      return rows.map((row: RowOf<Price>) => fromRow<Price>(row));
    },
    async insert(price, authorId) {
      const row = { ...toRow(price), id: randomUUID(), author_id: authorId };
      const rows = await knex('prices')
        .insert(row)
        .onConflict(['model', 'effective_from'])
        .ignore()
        .returning('*');
      return rows[0] && fromRow<Price>(rows[0]);
    },
  };
}
