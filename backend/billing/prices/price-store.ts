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
  /** The same, and the moment, by the database's clock: the one clock that all processes share. */
  inForceNow(model: string): Promise<{ moment: Date; prices: Price[] }>;
  byId(id: string): Promise<Price | undefined>;
  /** By the database's clock. */
  now(): Promise<Date>;
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
    async inForceNow(model) {
      const { rows } = await knex.raw(IN_FORCE_NOW, [ANY_MODEL, model.toLowerCase()]);
      const found: (RowOf<Price> & { now: Date })[] = rows;
      if (!found[0]) throw new Error(`no price for ${model}, not even for any model`);
      const prices = found.map(({ now: _, ...row }) => fromRow<Price>(row));
      return { moment: found[0].now, prices };
    },
    async byId(id) {
      const row = await knex('prices').where({ id }).first();
      return row && fromRow<Price>(row);
    },
    async now() {
      const { rows } = await knex.raw('select clock_timestamp()::timestamptz(3) as now');
      return rows[0].now;
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

const IN_FORCE_NOW = `
  with clock as materialized (select clock_timestamp()::timestamptz(3) as now)
  select distinct on (model) prices.*, clock.now
  from clock join prices on effective_from <= clock.now
  where model = ? or starts_with(?, model)
  order by model, effective_from desc`;
