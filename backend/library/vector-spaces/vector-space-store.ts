import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf } from '../../platform/database/row.ts';
import type { NewVectorSpace, VectorSpaceRecord, VectorSpaceState } from './vector-space.ts';

export interface VectorSpaceStore {
  /** Oldest first. */
  ofPlace(place: string): Promise<VectorSpaceRecord[]>;
  byId(id: string): Promise<VectorSpaceRecord | undefined>;
  /** Does nothing where there is one of that name, or an active one where this would be another. */
  add(space: NewVectorSpace): Promise<void>;
  setState(name: string, state: VectorSpaceState): Promise<void>;
  noteRecall(name: string, recall: number, activeRecall: number): Promise<void>;
  /** Questions go there from now on; what was active gets the other state. Must run in a transaction. */
  activate(space: { name: string; place: string }, former: VectorSpaceState): Promise<void>;
  /** The record and what is remembered of its vectors. */
  delete(name: string): Promise<void>;
  /** How many works have their present text in a space. */
  embeddedWorks(name: string): Promise<number>;
}

type Row = RowOf<VectorSpaceRecord>;

export function createVectorSpaceStore(knex: Knex): VectorSpaceStore {
  const spaces = () => knex<Row>('vector_spaces');
  return {
    async ofPlace(place) {
      const rows = await spaces().where({ place }).orderBy(['created_at', 'id']);
      return rows.map(fromRow<VectorSpaceRecord>);
    },
    async byId(id) {
      const row = await spaces().where({ id }).first();
      return row && fromRow<VectorSpaceRecord>(row);
    },
    async add({ name, place, provider, model, dimension, state }) {
      const activatedAt = state === 'active' ? knex.fn.now() : null;
      await knex('vector_spaces')
        .insert({ id: randomUUID(), name, place, provider, model, dimension, state })
        .onConflict()
        .ignore();
      await knex('vector_spaces')
        .where({ name, state: 'active', activated_at: null })
        .update({ activated_at: activatedAt });
    },
    async setState(name, state) {
      await spaces().where({ name }).update({ state });
    },
    async noteRecall(name, recall, activeRecall) {
      await spaces().where({ name }).update({ recall, active_recall: activeRecall });
    },
    async activate({ name, place }, former) {
      await spaces().where({ place, state: 'active' }).whereNot({ name }).update({ state: former });
      await knex('vector_spaces')
        .where({ name })
        .update({ state: 'active', activated_at: knex.fn.now() });
    },
    async delete(name) {
      await knex('work_vectors').where({ collection: name }).delete();
      await spaces().where({ name }).delete();
    },
    async embeddedWorks(name) {
      const [row] = await knex('work_vectors')
        .join('works', 'works.id', 'work_vectors.work_id')
        .where({ collection: name })
        .whereRaw('works.content_hash = work_vectors.content_hash')
        .count({ count: '*' });
      return Number(row?.count ?? 0);
    },
  };
}
