import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf } from '../../platform/database/row.ts';
import type { LoginMethod, LoginResult, Visit } from './login.ts';

export interface LoginAttempt {
  id: string;
  at: Date;
  method: LoginMethod;
  address: string;
  agent: string;
  result: LoginResult;
}

export interface LoginLogStore {
  /** `userId` is null when nobody knows whom the attempt was meant for; what was typed is not kept. */
  record(userId: string | null, visit: Visit, result: LoginResult): Promise<void>;
  ofUser(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<LoginAttempt[]>;
  /** From where the account was entered since then. */
  addressesOf(userId: string, since: Date): Promise<string[]>;
  changeOwner(fromUserId: string, toUserId: string): Promise<void>;
  deleteBefore(moment: Date): Promise<void>;
}

export function createLoginLogStore(knex: Knex): LoginLogStore {
  const attempts = () => knex('login_attempts');
  return {
    async record(userId, { method, caller }, result) {
      const { address, agent } = caller;
      const attempt = { id: randomUUID(), user_id: userId, method, result, address, agent };
      await attempts().insert(attempt);
    },
    async ofUser(userId, { limit, before }) {
      const rows = attempts()
        .where({ user_id: userId })
        .orderBy([
          { column: 'at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit)
        .select('id', 'at', 'method', 'address', 'agent', 'result');
      if (before) rows.whereRaw('(at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await rows).map((row: RowOf<LoginAttempt>) => fromRow<LoginAttempt>(row));
    },
    addressesOf: (userId, since) =>
      attempts()
        .where({ user_id: userId, result: 'success' })
        .where('at', '>', since)
        .distinct()
        .pluck('address'),
    async changeOwner(fromUserId, toUserId) {
      await attempts().where({ user_id: fromUserId }).update({ user_id: toUserId });
    },
    async deleteBefore(moment) {
      await attempts().where('at', '<', moment).delete();
    },
  };
}
