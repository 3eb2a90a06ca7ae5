import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import type { Knex } from 'knex';
import { costOf } from '../../backend/billing/prices/price.ts';
import { judgeLedger } from '../../backend/billing/reports/reconciliation.ts';
import { createTransact } from '../../backend/compose-stores.ts';
import { openEmbeddedDatabase } from '../../backend/platform/database/embedded-database.ts';
import { allAtOnce } from '../support/all-at-once.ts';
import { copyFolder, copyMigratedCluster } from '../support/embedded-cluster.ts';
import {
  createClerk,
  type Deed,
  gainOf,
  journalsOf,
  MODEL,
  ordersOf,
  planSecondsOf,
  storiesOf,
  USAGE,
} from '../support/ledger-deeds.ts';
import { RATES } from '../support/ledger-model.ts';
import {
  expectSoundBooks,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import {
  type Death,
  type MortalDatabase,
  openMortalFolder,
  openMortalServer,
  ProcessDied,
} from '../support/mortal-database.ts';
import { describeWithServers } from '../support/service-space.ts';
import { thoroughness } from '../support/thoroughness.ts';

jest.setTimeout(600_000);

const START = 10_000;
/** Far longer than a story takes, far shorter than the plan of any order. */
const A_LIFE_SECONDS = 600;
const COST = costOf(RATES, USAGE);

async function setPrice(knex: Knex): Promise<void> {
  const rates = JSON.stringify(RATES);
  await knex('prices').insert({
    ...{ id: randomUUID(), model: MODEL, currency: 'CNY', effective_from: '2026-01-01T00:00:00Z' },
    ...{ off_peak: rates, peak: rates, provider_off_peak: rates, provider_peak: rates },
  });
}

async function openSessions(knex: Knex, userId: string, deeds: readonly Deed[]): Promise<void> {
  for (const deed of deeds) {
    if (deed.type !== 'question') continue;
    const session = { id: deed.sessionId, user_id: userId, title: '新对话', mode: 'qa' };
    await knex('sessions').insert(session);
  }
}

/** Works through the deeds until it dies; an error of any other kind is one of the program. */
async function live(mortal: MortalDatabase, owner: string, userId: string, deeds: readonly Deed[]) {
  const clerk = createClerk(mortal.knex, owner);
  try {
    for (const deed of deeds) await clerk.perform(userId, deed);
    return 'survived' as const;
  } catch (error) {
    if (error instanceof ProcessDied) return 'died' as const;
    throw error;
  }
}

/** Everybody asks again for what they were not told; then whoever sweeps comes by, twice. */
async function recover(knex: Knex, owner: string, userId: string, deeds: readonly Deed[]) {
  const clerk = createClerk(knex, owner);
  for (const deed of deeds) {
    if (deed.type === 'question') continue;
    await clerk.perform(userId, deed);
  }
  await clerk.sweep(userId);
  await clerk.sweep(userId);
}

async function expectExact(knex: Knex, userId: string, deeds: readonly Deed[]): Promise<void> {
  const reservations = await knex('reservations')
    .leftJoin('messages', 'messages.id', 'message_id')
    .leftJoin('answer_usage', 'answer_usage.message_id', 'reservations.message_id')
    .where({ 'reservations.user_id': userId })
    .select('reservations.status', 'messages.status as message', 'cost');
  for (const { status, message, cost } of reservations) {
    const settled = status === 'settled';
    expect(['settled', 'released']).toContain(status);
    expect([settled, settled ? ['complete', 'stopped', null] : ['failed', null]]).toEqual([
      cost !== null,
      expect.arrayContaining([message]),
    ]);
  }
  const settled = reservations.filter(({ status }) => status === 'settled').length;
  const gained = deeds.reduce((sum, deed) => sum + gainOf(deed), 0);
  const balances = await knex('balances').where({ user_id: userId }).select('balance', 'held');
  expect(balances).toEqual([{ balance: String(START + gained - settled * COST), held: '0' }]);
  const journals = await knex('ledger_journals')
    .where({ user_id: userId })
    .whereNotIn('kind', ['grant', 'reserve', 'settle', 'release']);
  const all = (countOf: (deed: Deed) => number) =>
    deeds.reduce((sum, deed) => sum + countOf(deed), 0);
  expect(journals).toHaveLength(all(journalsOf));
  const orders = await knex('orders').where({ user_id: userId, status: 'paid' });
  expect(orders).toHaveLength(all(ordersOf));
  expect(
    await knex('refunds')
      .where({ status: 'pending' })
      .whereIn(
        'order_id',
        orders.map(({ id }) => id),
      ),
  ).toEqual([]);
  const user = await knex('users').where({ id: userId }).first('plan_until', 'created_at');
  const planSeconds = user.plan_until ? (user.plan_until - user.created_at) / 1000 : 0;
  expect(Math.abs(planSeconds - all(planSecondsOf))).toBeLessThan(A_LIFE_SECONDS);
}

/** Before each statement, and after each commit: the work is done and nobody has been told. */
function deathsIn(statements: readonly string[]): Death[] {
  return statements.flatMap((sql, n): Death[] => [
    { statement: n + 1, moment: 'before' },
    ...(/^commit/i.test(sql) ? [{ statement: n + 1, moment: 'after' as const }] : []),
  ]);
}

describeWithServers('a process that dies between two statements (services)', () => {
  const seeds = Array.from({ length: 3 * thoroughness }, (_, n) => n + 1);
  let space: LedgerSpace;
  beforeAll(async () => {
    space = await openLedgerSpace('services');
    await setPrice(space.database.knex);
  });
  afterAll(() => space.dispose());

  /** The ids are new in every life, the story is the same. */
  const storyOf = (seed: number, n: number) => storiesOf(seed)[n] ?? [];

  async function dieAndRecover(deeds: readonly Deed[], death?: Death): Promise<string[]> {
    const { knex } = space.database;
    const owner = randomUUID();
    const userId = await newLearner(space, START);
    await openSessions(knex, userId, deeds);
    const mortal = await openMortalServer(space.place, death);
    const end = await live(mortal, owner, userId, deeds);
    expect({ death, end }).toEqual({ death, end: death ? 'died' : 'survived' });
    await mortal.bury();
    await recover(knex, owner, userId, deeds);
    await expectExact(knex, userId, deeds);
    return mortal.statements;
  }

  test('leaves books that add up, nothing twice and nothing held, wherever it dies', async () => {
    let points = 0;
    const stories = seeds.flatMap((seed) => storiesOf(seed).map((_, n) => [seed, n] as const));
    for (const [seed, n] of stories) {
      const deaths = deathsIn(await dieAndRecover(storyOf(seed, n)));
      points += deaths.length;
      await allAtOnce(deaths, 4, async (death) => {
        await dieAndRecover(storyOf(seed, n), death).catch((error: unknown) => {
          const where = `story ${n} of seed ${seed}, ${JSON.stringify(death)}`;
          throw new Error(where, { cause: error });
        });
      });
    }
    expect(points).toBeGreaterThanOrEqual(500);
    await expectSoundBooks(space);
    const { ledger } = await space.stores.reconciliations.read(new Date());
    expect(judgeLedger(ledger)).toMatchObject({ sound: true, detail: { orders: [], refunds: [] } });
  });
});

describe('a program that dies with its own database (embedded)', () => {
  /** Between two statements, and after a commit: so many of each. */
  const POINTS = 2 * thoroughness;
  const [owner, deeds] = [randomUUID(), storiesOf(7).flat()];
  let folder: string;
  let userId: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoxue-crash-'));
    const directory = path.join(folder, 'before');
    await copyMigratedCluster(directory);
    const database = await openEmbeddedDatabase({ directory });
    await setPrice(database.knex);
    userId = await newLearner({ database, transact: createTransact(database.knex) }, START);
    await openSessions(database.knex, userId, deeds);
    await database.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function dieAndRecover(name: string, death?: Death): Promise<string[]> {
    const [life, after] = [path.join(folder, name), path.join(folder, `${name}-after`)];
    await copyFolder(path.join(folder, 'before'), life);
    const mortal = await openMortalFolder(life, death);
    const end = await live(mortal, owner, userId, deeds);
    expect({ death, end }).toEqual({ death, end: death ? 'died' : 'survived' });
    await copyFolder(life, after);
    await mortal.bury();

    const { knex, close } = await openEmbeddedDatabase({ directory: after });
    await recover(knex, owner, userId, deeds);
    await expectExact(knex, userId, deeds);
    await close();
    for (const used of [life, after]) await rm(used, { recursive: true });
    return mortal.statements;
  }

  test('finds its books in order when it comes back', async () => {
    const deaths = deathsIn(await dieAndRecover('alive'));
    for (const moment of ['before', 'after']) {
      const possible = deaths.filter((death) => death.moment === moment);
      expect(possible.length).toBeGreaterThan(POINTS);
      const every = Math.floor(possible.length / (POINTS + 1));
      for (let n = 1; n <= POINTS; n += 1) {
        await dieAndRecover(`death-${moment}-${n}`, possible[n * every]);
      }
    }
  });
});
