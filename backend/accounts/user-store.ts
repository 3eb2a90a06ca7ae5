import type { Knex } from 'knex';
import { fromRow, type RowOf, toRow } from '../platform/database/row.ts';
import type { NewUser, User, UserChange } from './user.ts';

type UserRow = RowOf<User>;

const UNIQUE_VIOLATION = '23505';

export interface UserStore {
  byId(id: string): Promise<User | undefined>;
  byEmail(email: string): Promise<User | undefined>;
  /**
   * The same, held until the transaction ends: nobody else changes the account meanwhile. What only
   * refers to it (a login that is being renewed) goes on, so that none waits in a ring.
   */
  lock(id: string): Promise<User | undefined>;
  /** `undefined` when somebody has that address already. */
  insert(user: NewUser): Promise<User | undefined>;
  /** Turns a guest into a learner; `undefined` when the address is taken or it is no guest. */
  promoteGuest(guestId: string, user: Omit<NewUser, 'id' | 'role'>): Promise<User | undefined>;
  /** `undefined` when the change would give it an address that somebody has already. */
  update(id: string, change: UserChange): Promise<User | undefined>;
  firstAdmin(): Promise<User | undefined>;
  /** Sets plans back that were over by then. */
  endPlans(moment: Date): Promise<void>;
  /**
   * The ids of all who can act as admins, held until the transaction ends and always taken in the same
   * order: whoever is to stop being one sees what others are about to change, and none waits in a ring.
   */
  lockActiveAdmins(): Promise<string[]>;
}

export function createUserStore(knex: Knex): UserStore {
  const users = () =>
    knex('users').select<UserRow[]>(
      'users.*',
      knex.raw(
        'exists (select 1 from wechat_identities where user_id = users.id) as wechat_linked',
      ),
    );
  const first = async (query: Knex.QueryBuilder): Promise<User | undefined> => {
    const [row] = await query.limit(1);
    return row && fromRow<User>(row);
  };
  const byId = (id: string) => first(users().where({ id }));
  const change = async (where: object, values: object) => {
    const rows = await knex('users')
      .where(where)
      .update(values)
      .returning('id')
      .catch(ignoreTakenEmail);
    return rows[0] && byId(rows[0].id);
  };
  return {
    byId,
    byEmail: (email) => first(users().where({ email })),
    lock: (id) => first(users().where({ id }).forNoKeyUpdate()),
    async insert(user) {
      const rows = await knex('users')
        .insert(toRow(user))
        .onConflict('email')
        .ignore()
        .returning('id');
      return rows[0] && byId(rows[0].id);
    },
    promoteGuest: (guestId, user) =>
      change(
        { id: guestId, role: 'guest', disabled_at: null },
        toRow({ ...user, role: 'learner' }),
      ),
    update: (id, values) =>
      Object.keys(values).length === 0 ? byId(id) : change({ id }, toRow(values)),
    firstAdmin: () => first(users().where({ role: 'admin' }).orderBy('created_at')),
    async endPlans(moment) {
      await knex('users')
        .where('plan_until', '<=', moment)
        .update({ plan: 'free', plan_until: null });
    },
    async lockActiveAdmins() {
      const rows = await knex('users')
        .where({ role: 'admin' })
        .whereNull('disabled_at')
        .whereNull('closing_at')
        .orderBy('id')
        .forUpdate()
        .select('id');
      return rows.map(({ id }) => id);
    },
  };
}

function ignoreTakenEmail(error: unknown): { id: string }[] {
  if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return [];
  throw error;
}
