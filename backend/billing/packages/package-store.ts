import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf, toRow } from '../../platform/database/row.ts';
import type { Package, PackageOffer } from './package.ts';

export interface PackageStore {
  /** In the order they are shown; without the retired ones unless asked for. */
  list(options?: { retired: boolean }): Promise<Package[]>;
  byId(id: string): Promise<Package | undefined>;
  /** The same, held until the transaction ends. */
  lock(id: string): Promise<Package | undefined>;
  insert(offer: PackageOffer): Promise<Package>;
  update(id: string, change: Partial<PackageOffer & Pick<Package, 'retiredAt'>>): Promise<Package>;
}

type PackageRow = Omit<RowOf<Package>, 'tokens'> & { tokens: string };

export function createPackageStore(knex: Knex): PackageStore {
  const first = async (query: Knex.QueryBuilder): Promise<Package | undefined> => {
    const row = await query.first();
    return row && toPackage(row);
  };
  return {
    async list({ retired } = { retired: false }) {
      const rows = knex('packages').orderBy(['position', 'amount_fen', 'id']);
      if (!retired) rows.whereNull('retired_at');
      return (await rows).map(toPackage);
    },
    byId: (id) => first(knex('packages').where({ id })),
    lock: (id) => first(knex('packages').where({ id }).forUpdate()),
    async insert(offer) {
      const row = { ...toRow(offer), id: randomUUID() };
      const rows = await knex('packages').insert(row).returning('*');
      return toPackage(rows[0]);
    },
    async update(id, change) {
      const rows = await knex('packages').where({ id }).update(toRow(change)).returning('*');
      return toPackage(rows[0]);
    },
  };
}

function toPackage(row: PackageRow): Package {
  return fromRow<Package>({ ...row, tokens: Number(row.tokens) });
}
