import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { composeStores } from '../../backend/compose-stores.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { silentLogger } from '../support/redis-space.ts';
import type { Accepted } from './load-record.ts';

export interface Audit {
  accepted: number;
  /** Accepted answers by how they ended in the database. */
  statuses: Record<string, number>;
  /** Accepted, and not to be found. */
  lost: number;
  /** Told that it was done when it was not, or the other way round. */
  contradicted: number;
  unheard: number;
  /** Answers that never ended, and sums set aside for good. */
  streaming: number;
  held: number;
  /** Answers whose charge is not what they cost; failed ones without text that were charged. */
  mischarged: number;
  chargedForNothing: number;
  /** Of all entries of the ledger, and accounts whose balance is not the sum of theirs. */
  ledgerSum: number;
  differing: number;
  failedJobs: number;
}

const PATIENCE_MS = 120_000;

/** Waits until every answer has ended, then looks whether all is as it should be. */
export async function audit(url: string, accepted: readonly Accepted[]): Promise<Audit> {
  const database = await openPostgres({ url, logger: silentLogger });
  const { knex } = database;
  try {
    const deadline = Date.now() + PATIENCE_MS;
    while ((await streaming(knex)) > 0 && Date.now() < deadline) await sleep(500);
    const { totals, differing } = await composeStores(knex).ledger.trialBalance();
    return {
      ...(await fateOf(knex, accepted)),
      ...{ streaming: await streaming(knex), held: await held(knex) },
      mischarged: await numberOf(knex, MISCHARGED),
      chargedForNothing: await numberOf(knex, CHARGED_FOR_NOTHING),
      ledgerSum: Object.values(totals).reduce((sum, total) => sum + total, 0),
      differing: differing.length,
      failedJobs: await numberOf(knex, `select count(*) from jobs where status = 'failed'`),
    };
  } finally {
    await database.close();
  }
}

async function fateOf(knex: Knex, accepted: readonly Accepted[]) {
  const rows: { id: string; status: string }[] = await knex('messages')
    .whereIn(
      'id',
      accepted.map(({ messageId }) => messageId),
    )
    .select('id', 'status');
  const statusOf = new Map(rows.map(({ id, status }) => [id, status]));
  const statuses: Record<string, number> = {};
  for (const { status } of rows) statuses[status] = (statuses[status] ?? 0) + 1;
  const told = { done: 'complete', error: 'failed' };
  const contradicted = accepted.filter(
    ({ messageId, heard }) => heard !== 'nothing' && statusOf.get(messageId) !== told[heard],
  );
  return {
    ...{ accepted: accepted.length, statuses },
    lost: accepted.filter(({ messageId }) => !statusOf.has(messageId)).length,
    contradicted: contradicted.length,
    unheard: accepted.filter(({ heard }) => heard === 'nothing').length,
  };
}

const streaming = (knex: Knex) =>
  numberOf(knex, `select count(*) from messages where status = 'streaming'`);
const held = (knex: Knex) =>
  numberOf(knex, `select count(*) from reservations where status = 'held'`);

const MISCHARGED = `
  select count(*) from messages
  left join (
    select message_id, sum(amount) as amount from ledger_journals
    where kind in ('consume', 'settle') group by message_id
  ) as charges on charges.message_id = messages.id
  where messages.role = 'assistant'
    and coalesce(-charges.amount, 0) <> coalesce((messages.usage->>'cost')::bigint, 0)`;

const CHARGED_FOR_NOTHING = `
  select count(*) from messages
  join ledger_journals on ledger_journals.message_id = messages.id and ledger_journals.amount <> 0
  where messages.role = 'assistant' and messages.status = 'failed' and messages.content = ''`;

async function numberOf(knex: Knex, query: string): Promise<number> {
  const { rows } = await knex.raw(query);
  return Number(rows[0].count);
}
