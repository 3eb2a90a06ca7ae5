import type { Knex } from 'knex';
import type { Order } from './order.ts';

export interface Beneficiary {
  id: string;
  /** Nobody is left who could use what was bought. */
  isErased: boolean;
}

/** Who has the account now that an order was made with: it may have become part of another. */
export interface BeneficiaryStore {
  of(order: Pick<Order, 'userId'>): Promise<string>;
  /** Held until the transaction ends, after the order and before the balance: as merging does. */
  lock(order: Pick<Order, 'userId'>): Promise<Beneficiary>;
}

const OWNER = `
  with recursive owner (id, merged_into) as (
    select id, merged_into from users where id = ?
    union
    select users.id, users.merged_into from owner join users on users.id = owner.merged_into
  )
  select id from owner where merged_into is null`;

export function createBeneficiaryStore(knex: Knex): BeneficiaryStore {
  const of = async ({ userId }: Pick<Order, 'userId'>): Promise<string> => {
    const { rows } = await knex.raw(OWNER, [userId]);
    return rows[0].id;
  };
  return {
    of,
    async lock(order) {
      for (;;) {
        const id = await of(order);
        const row = await knex('users').where({ id }).forNoKeyUpdate().first();
        // Otherwise it became part of another while we waited for it.
        if (row.merged_into === null) return { id, isErased: row.erased_at !== null };
      }
    },
  };
}
