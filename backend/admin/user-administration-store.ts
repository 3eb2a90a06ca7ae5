import type { Knex } from 'knex';
import { fromRow, type RowOf } from '../platform/database/row.ts';
import type { AdministeredUser, UserAmendment } from './administered-user.ts';

export interface UserFilter {
  /** Part of the address or the nickname, or the whole id. */
  q?: string | undefined;
  role?: AdministeredUser['role'] | undefined;
  plan?: AdministeredUser['plan'] | undefined;
  disabled?: boolean | undefined;
}

/** Accounts that were erased or have become part of another one are accounts no longer. */
export interface UserAdministrationStore {
  byId(id: string): Promise<AdministeredUser | undefined>;
  /** Newest first. */
  list(
    filter: UserFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<AdministeredUser[]>;
  amend(id: string, amendment: UserAmendment): Promise<void>;
}

const COLUMNS = [
  'id',
  'email',
  'email_verified',
  'nickname',
  'avatar_url',
  'role',
  'disabled_at',
  'closing_at',
  'created_at',
] as const;

const LAST_LOGIN = `(
  select at from login_attempts where user_id = users.id and result = 'success'
  order by at desc limit 1
) as last_login_at`;
/** A plan that is over counts no more, whether or not it was taken back yet. */
const PLAN = `(case when plan_until <= now() then 'free' else plan end)`;
const PLAN_UNTIL = '(case when plan_until <= now() then null else plan_until end)';
const WECHAT_LINKED =
  'exists (select 1 from wechat_identities where user_id = users.id) as wechat_linked';

export function createUserAdministrationStore(knex: Knex): UserAdministrationStore {
  const users = () =>
    knex('users')
      .whereNull('erased_at')
      .whereNull('merged_into')
      .select(
        ...COLUMNS,
        ...[`${PLAN} as plan`, `${PLAN_UNTIL} as plan_until`, LAST_LOGIN, WECHAT_LINKED].map(
          (each) => knex.raw(each),
        ),
      );
  const toUser = (row: RowOf<AdministeredUser>) => fromRow<AdministeredUser>(row);

  return {
    async byId(id) {
      const [row] = await users().where({ id });
      return row && toUser(row);
    },
    async list({ q, role, plan, disabled }, { limit, before }) {
      const rows = users()
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit);
      if (q) {
        rows.whereRaw(
          `(strpos(lower(email), lower(?)) > 0 or strpos(lower(nickname), lower(?)) > 0
            or id::text = lower(?))`,
          [q, q, q],
        );
      }
      if (role !== undefined) rows.where({ role });
      if (plan !== undefined) rows.whereRaw(`${PLAN} = ?`, [plan]);
      if (disabled !== undefined) rows[disabled ? 'whereNotNull' : 'whereNull']('disabled_at');
      if (before) rows.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await rows).map(toUser);
    },
    async amend(id, { role, plan, planUntil = null, disabled }) {
      const now = knex.raw('coalesce(disabled_at, clock_timestamp())');
      const values = {
        ...(role === undefined ? {} : { role }),
        ...(plan === undefined ? {} : { plan, plan_until: planUntil }),
        ...(disabled === undefined ? {} : { disabled_at: disabled ? now : null }),
      };
      if (Object.keys(values).length > 0) await knex('users').where({ id }).update(values);
    },
  };
}
