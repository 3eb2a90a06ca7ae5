import type { Knex } from 'knex';
import type { UserRole } from '../../http/permissions.ts';
import { fromRow, type RowOf, toRow } from '../../platform/database/row.ts';
import type { LoginRecord } from './login.ts';

type NewLogin = Omit<LoginRecord, 'createdAt' | 'lastUsedAt'>;

export interface LoginStore {
  insert(login: NewLogin): Promise<void>;
  /** Who is behind a login that has not ended, of an account that is neither disabled nor closing. */
  roleBehind(loginId: string, userId: string): Promise<UserRole | undefined>;
  /** Notes that it is in use; `undefined` when it has ended. */
  touch(id: string): Promise<Pick<LoginRecord, 'createdAt' | 'fromPage'> | undefined>;
  /** Those that could still go on: with a refresh token that has not expired. */
  alive(userId: string): Promise<LoginRecord[]>;
  /** False when there is no such login of this user. */
  end(id: string, userId?: string): Promise<boolean>;
  /** Ends all logins of a user but one; how many. */
  endAll(userId: string, except?: string): Promise<number>;
  /** Forgets logins whose last refresh token has expired. */
  deleteWithoutTokens(): Promise<void>;
}

export function createLoginStore(knex: Knex): LoginStore {
  const logins = () => knex('logins');
  return {
    async insert(login) {
      await logins().insert(toRow(login));
    },
    async roleBehind(loginId, userId) {
      const row = await logins()
        .join('users', 'users.id', 'logins.user_id')
        .where({ 'logins.id': loginId, 'users.id': userId })
        .whereNull('logins.ended_at')
        .whereNull('users.disabled_at')
        .whereNull('users.closing_at')
        .first('users.role');
      return row?.role;
    },
    async touch(id) {
      const [touched] = await logins()
        .where({ id })
        .whereNull('ended_at')
        .update({ last_used_at: knex.raw('clock_timestamp()') })
        .returning(['created_at', 'from_page']);
      return touched && { createdAt: touched.created_at, fromPage: touched.from_page };
    },
    async alive(userId) {
      const rows = await logins()
        .where({ user_id: userId })
        .whereNull('ended_at')
        .whereExists(
          knex('refresh_tokens')
            .whereRaw('family_id = logins.id and used_at is null and expires_at > now()')
            .select(knex.raw('1')),
        )
        .orderBy('last_used_at', 'desc')
        .select(
          'id',
          'user_id',
          'method',
          'agent',
          'address',
          'from_page',
          'created_at',
          'last_used_at',
        );
      return rows.map((row: RowOf<LoginRecord>) => fromRow<LoginRecord>(row));
    },
    async end(id, userId) {
      const ended = await logins()
        .where({ id, ...(userId ? { user_id: userId } : {}) })
        .whereNull('ended_at')
        .update({ ended_at: knex.raw('clock_timestamp()') });
      return ended > 0;
    },
    async endAll(userId, except) {
      const some = logins().where({ user_id: userId }).whereNull('ended_at');
      if (except) some.whereNot({ id: except });
      return some.update({ ended_at: knex.raw('clock_timestamp()') });
    },
    async deleteWithoutTokens() {
      await logins()
        .whereNotExists(
          knex('refresh_tokens').whereRaw('family_id = logins.id').select(knex.raw('1')),
        )
        .whereRaw(`created_at < now() - interval '1 day'`)
        .delete();
    },
  };
}
