import { cpus, loadavg } from 'node:os';
import type { Knex } from 'knex';
import { composeStores } from '../../backend/compose-stores.ts';
import { migrate } from '../../backend/platform/database/migrate.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { silentLogger } from '../support/redis-space.ts';
import { available } from '../support/services.ts';
import { createDatabase } from '../support/test-database.ts';
import {
  bareWork,
  countStatements,
  createBareTable,
  ledgerWork,
  openAccounts,
  type Work,
} from './ledger-work.ts';
import { prepareTpcB } from './tpc-b.ts';

const MANY = 10_000;
const ROUNDS = 4;
const ROUND_MS = 3_000;
/** As many as the program has connections. */
const CLIENTS = 10;

/** Answers, two transactions each, in a second. */
interface Measured {
  accounts: number;
  perSecond: Map<string, number>;
}

/** Prints the table; resolves with the exit code. */
export async function runLedgerBenchmark(): Promise<number> {
  if (!available.postgres) {
    console.error('bench:ledger needs PostgreSQL: TEST_DATABASE_URL or its default');
    return 1;
  }
  const { url, drop } = await createDatabase();
  const { knex, close } = await openPostgres({ url, logger: silentLogger });
  try {
    await migrate(knex);
    await createBareTable(knex);
    const many = await openAccounts(knex, MANY);
    const statements = await countStatements(knex, many[0] ?? '');
    const works = [
      ledgerWork(knex),
      bareWork(knex, 'bare UPDATE', [0, 0]),
      bareWork(knex, 'bare UPDATE, as many statements', [statements[0] - 1, statements[1] - 1]),
    ];
    const tpcB = await prepareTpcB(url, CLIENTS);
    const load = loadavg()[0]?.toFixed(1);
    const measured: Measured[] = [];
    let answers = 1;
    const tps: number[] = [];
    for (const accounts of [many.slice(0, 1), many]) {
      const done = await inTurns(works, accounts, async () => {
        if (tpcB) tps.push(await tpcB.measure(ROUND_MS / 1000));
      });
      answers += done.get('ledger') ?? 0;
      const perSecond = [...done].map(([name, count]): [string, number] => [
        name,
        count / ((ROUNDS * ROUND_MS) / 1000),
      ]);
      measured.push({ accounts: accounts.length, perSecond: new Map(perSecond) });
    }
    const [cpu] = cpus();
    console.log(`\n${cpu?.model.trim()}, ${cpus().length} cores · load before ${load}`);
    console.log(`${CLIENTS} clients, ${ROUNDS} × ${ROUND_MS / 1000} s each, in turns`);
    console.log(`statements of an answer: ${statements.join(' + ')}, and two transactions\n`);
    console.log(table(measured, tps));
    console.log(`\n${await proof(knex, answers)}`);
    return 0;
  } catch (error) {
    console.error(`\nbench:ledger failed: ${error instanceof Error ? error.message : error}`);
    return 1;
  } finally {
    await close();
    await drop();
  }
}

/** A little of each, again and again, so that what else the machine does hits all alike. */
async function inTurns(
  works: readonly Work[],
  accounts: readonly string[],
  between: () => Promise<void>,
): Promise<Map<string, number>> {
  const done = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const work of works) {
      const count = await workFor(ROUND_MS, work, accounts);
      done.set(work.name, (done.get(work.name) ?? 0) + count);
    }
    await between();
  }
  return done;
}

async function workFor(ms: number, work: Work, accounts: readonly string[]): Promise<number> {
  const deadline = performance.now() + ms;
  let done = 0;
  const client = async () => {
    while (performance.now() < deadline) {
      await work.answer(accounts[Math.floor(Math.random() * accounts.length)] ?? '');
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return done;
}

function table(measured: readonly Measured[], tps: readonly number[]): string {
  const rows = measured.flatMap(({ accounts, perSecond }) => {
    const ledger = perSecond.get('ledger') ?? Number.NaN;
    return [...perSecond].map(([name, rate]) => [
      accounts.toLocaleString('en'),
      name,
      rate.toFixed(0),
      (2 * rate).toFixed(0),
      name === 'ledger' ? '' : `1 : ${(rate / ledger).toFixed(2)}`,
    ]);
  });
  const [, many] = measured;
  const ledgerTps = 2 * (many?.perSecond.get('ledger') ?? Number.NaN);
  const tpcB = tps.reduce((sum, each) => sum + each, 0) / tps.length;
  const last =
    tps.length > 0
      ? ['scale 10', 'pgbench TPC-B', '', tpcB.toFixed(0), `1 : ${(tpcB / ledgerTps).toFixed(2)}`]
      : ['', 'pgbench TPC-B', 'not measured: no pgbench here', '', ''];
  const header = ['accounts', 'work', 'answers/s', 'transactions/s', 'ledger : this'];
  return [header, header.map(() => '---'), ...rows, last]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** Nothing was lost and nothing counted twice, or this fails. */
async function proof(knex: Knex, answers: number): Promise<string> {
  const { totals, differing } = await composeStores(knex).ledger.trialBalance();
  const sum = Object.values(totals).reduce((total, amount) => total + amount, 0);
  const [settled] = await knex('ledger_journals').where({ kind: 'settle' }).count({ count: '*' });
  const counted = Number(settled?.count);
  if (sum !== 0 || differing.length > 0 || (totals.reserved ?? 0) !== 0 || counted !== answers) {
    throw new Error(
      `the books do not agree: ${JSON.stringify({ totals, differing, counted, answers })}`,
    );
  }
  return `trial balance: ${counted.toLocaleString('en')} answers, entries sum to 0, nothing reserved, every balance agrees`;
}
