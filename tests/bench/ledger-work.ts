import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { createTransact } from '../../backend/compose-stores.ts';

/** An answer's money: set aside, then taken. Each kind of work does both, in two transactions. */
export interface Work {
  name: string;
  /** One answer of some account. */
  answer(account: string): Promise<void>;
}

const MODEL = 'model-of-the-benchmark';
const QUESTION = { model: MODEL, promptTokens: 100, maxOutputTokens: 500, minOutputTokens: 50 };
const USAGE = { model: MODEL, promptTokens: 100, cachedTokens: 0, completionTokens: 200 };

/** The real thing. */
export function ledgerWork(knex: Knex): Work {
  const transact = createTransact(knex);
  return {
    name: 'ledger',
    async answer(userId) {
      const messageId = randomUUID();
      await transact(({ charges }) => charges.reserve({ userId, messageId, ...QUESTION }));
      await transact(({ charges }) => charges.settle(messageId, USAGE, '提问'));
    },
  };
}

/** Only the numbers change; nothing is written down. `statements`: how many more are sent beside. */
export function bareWork(knex: Knex, name: string, statements: readonly [number, number]): Work {
  const update = (account: string, padding: number, change: string) =>
    knex.transaction(async (transaction) => {
      for (let n = 0; n < padding; n += 1) await transaction.raw('select 1');
      await transaction.raw(`update bare_balances set ${change} where user_id = ?`, [account]);
    });
  return {
    name,
    async answer(account) {
      await update(account, statements[0], 'held = held + 1');
      await update(account, statements[1], 'held = held - 1, balance = balance - 1');
    },
  };
}

/** How many statements each half of an answer sends, without BEGIN and COMMIT. */
export async function countStatements(knex: Knex, account: string): Promise<[number, number]> {
  const transact = createTransact(knex);
  const messageId = randomUUID();
  let sent = 0;
  const count = ({ sql }: { sql: string }) => {
    if (!/^(begin|commit)/i.test(sql)) sent += 1;
  };
  knex.on('query', count);
  await transact(({ charges }) => charges.reserve({ userId: account, messageId, ...QUESTION }));
  const reserving = sent;
  await transact(({ charges }) => charges.settle(messageId, USAGE, '提问'));
  knex.off('query', count);
  return [reserving, sent - reserving];
}

export async function openAccounts(knex: Knex, count: number): Promise<string[]> {
  const rates = JSON.stringify({ cached: 100, prompt: 1000, completion: 2000 });
  const price = { model: MODEL, currency: 'CNY', effective_from: '2026-01-01T00:00:00Z' };
  await knex('prices')
    .insert({
      ...{ id: randomUUID(), ...price, off_peak: rates, peak: rates },
      ...{ provider_off_peak: rates, provider_peak: rates },
    })
    .onConflict(['model', 'effective_from'])
    .ignore();
  const { rows } = await knex.raw(
    `with people as (
       insert into users (id, email, nickname, role)
         select id, id || '@example.org', '学生', 'learner'
         from (select gen_random_uuid() as id from generate_series(1, ?)) as made
         returning id
     ), given as (
       insert into balances (user_id, balance) select id, ${GIVEN} from people returning user_id
     ), journal as (
       insert into ledger_journals (id, kind, reference, user_id, amount, balance_after, reason)
         select gen_random_uuid(), 'grant', user_id::text, user_id, ${GIVEN}, ${GIVEN}, '测量'
         from given returning id, user_id
     ), legs as (
       insert into ledger_entries (journal_id, account, user_id, amount)
         select id, 'available', user_id, ${GIVEN} from journal
         union all select id, 'grants', null, -${GIVEN} from journal
     )
     insert into bare_balances (user_id, balance) select user_id, ${GIVEN} from given
       returning user_id`,
    [count],
  );
  return rows.map((row: { user_id: string }) => row.user_id);
}

const GIVEN = 1_000_000_000;

export async function createBareTable(knex: Knex): Promise<void> {
  await knex.raw(`create table bare_balances (
    user_id uuid primary key,
    balance bigint not null check (balance >= 0),
    held bigint not null default 0 check (held >= 0),
    check (held <= balance)
  )`);
}
