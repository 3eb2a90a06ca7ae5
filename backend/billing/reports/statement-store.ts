import type { Knex } from 'knex';
import type { TransactionType } from '../balance.ts';
import { periodOf, type Statement } from './statement.ts';

export interface StatementStore {
  /**
   * Notes for some more of those who used something in a month, and get mails, that they get a
   * statement of it; each once.
   */
  noteDue(month: string, limit: number): Promise<string[]>;
  of(userId: string, month: string): Promise<Statement>;
  /** Notes that a balance runs low; false when that was noted since tokens last came in. */
  noteLowBalance(userId: string): Promise<boolean>;
  forgetLowBalance(userId: string): Promise<void>;
  /** Where somebody gets mails about their balance; `undefined` when they get none. */
  addressOf(userId: string): Promise<string | undefined>;
  wantsMails(userId: string): Promise<boolean>;
  setWantsMails(userId: string, wanted: boolean): Promise<void>;
}

/** Who can be written to: a confirmed address of an account that is in use. */
const REACHABLE = `users.email is not null and users.email_verified and users.role <> 'guest'
  and users.billing_mails and users.disabled_at is null and users.closing_at is null
  and users.erased_at is null and users.merged_into is null`;

const NOTE_DUE = `
  insert into statements (user_id, month)
    select users.id, cast(:day as date) from users
    where ${REACHABLE}
      and exists (select from ledger_journals where user_id = users.id
        and kind in ('consume', 'settle') and amount < 0
        and created_at >= :from and created_at < :to)
      and not exists (select from statements where user_id = users.id and month = cast(:day as date))
    limit :limit
  on conflict do nothing returning user_id`;

const NOTE_LOW_BALANCE = `
  insert into low_balance_notices as noticed (user_id, noticed_at)
    select users.id, clock_timestamp() from users where users.id = :userId and ${REACHABLE}
  on conflict (user_id) do update set noticed_at = excluded.noticed_at
    where exists (select from ledger_journals where user_id = :userId and amount > 0
      and kind in ('recharge', 'grant', 'adjust') and created_at > noticed.noticed_at)
  returning user_id`;

export function createStatementStore(knex: Knex): StatementStore {
  return {
    async noteDue(month, limit) {
      const { rows } = await knex.raw(NOTE_DUE, { ...periodOf(month), day: `${month}-01`, limit });
      return rows.map((row: { user_id: string }) => row.user_id);
    },
    of: (userId, month) => readStatement(knex, userId, month),
    async noteLowBalance(userId) {
      const { rows } = await knex.raw(NOTE_LOW_BALANCE, { userId });
      return rows.length > 0;
    },
    async forgetLowBalance(userId) {
      await knex('low_balance_notices').where({ user_id: userId }).delete();
    },
    async addressOf(userId) {
      const row = await knex('users').where({ id: userId }).whereRaw(REACHABLE).first('email');
      return row?.email;
    },
    async wantsMails(userId) {
      const row = await knex('users').where({ id: userId }).first('billing_mails');
      return row?.billing_mails ?? false;
    },
    async setWantsMails(userId, wanted) {
      await knex('users').where({ id: userId }).update({ billing_mails: wanted });
    },
  };
}

const TYPE = `case kind when 'settle' then 'consume' else kind end`;

async function readStatement(knex: Knex, userId: string, month: string): Promise<Statement> {
  const { from, to } = periodOf(month);
  const own = () => knex('ledger_journals').where({ user_id: userId }).whereNot({ amount: 0 });
  const [before] = await own().where('created_at', '<', from).sum({ amount: 'amount' });
  const rows: { type: TransactionType; amount: string }[] = await own()
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .select({ type: knex.raw(TYPE) })
    .sum({ amount: 'amount' })
    .groupByRaw('1');
  const [answers] = await knex('ledger_journals')
    .where({ user_id: userId, kind: 'settle' })
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .count({ count: '*' });
  const changes = Object.fromEntries(rows.map(({ type, amount }) => [type, Number(amount)]));
  const opening = Number(before?.amount ?? 0);
  const closing = Object.values(changes).reduce((sum, amount) => sum + amount, opening);
  return { month, opening, changes, closing, questions: Number(answers?.count ?? 0) };
}
