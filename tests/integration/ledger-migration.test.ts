import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { judgeLedger, judgeUsage } from '../../backend/billing/reports/reconciliation.ts';
import { createReconciliationStore } from '../../backend/billing/reports/reconciliation-store.ts';
import { composeStores } from '../../backend/compose-stores.ts';
import type { Database } from '../../backend/platform/database/database.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { migrations } from '../../migrations/index.ts';
import { silentLogger } from '../support/redis-space.ts';
import { describeWithServers } from '../support/service-space.ts';
import { createDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

const LEDGER = '0007-ledger';

describeWithServers('books from before there was a ledger', () => {
  const userId = randomUUID();
  const [kept, deleted, running] = [randomUUID(), randomUUID(), randomUUID()];
  let database: Database;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const created = await createDatabase();
    drop = created.drop;
    database = await openPostgres({ url: created.url, logger: silentLogger });
    const { knex } = database;
    const names = Object.keys(migrations);
    const before = names.slice(0, names.indexOf(LEDGER));
    for (const name of before) await knex.transaction((within) => migrations[name]?.up(within));
    const user = { id: userId, nickname: '老学生', role: 'learner', email: 'old@example.org' };
    await knex('users').insert(user);
    await knex('balances').insert({ user_id: userId, balance: 700, held: 40 });
    const session = { id: randomUUID(), user_id: userId, title: '旧', mode: 'qa' };
    await knex('sessions').insert(session);
    const usage = {
      model: 'deepseek-flash',
      promptTokens: 90,
      cachedTokens: 5,
      completionTokens: 9,
    };
    await knex('messages').insert({
      ...{ id: kept, session_id: session.id, position: 2, role: 'assistant', content: '答' },
      ...{ status: 'complete', usage: JSON.stringify({ ...usage, cost: 100 }) },
    });
    const rows: [string, number, number, string | null][] = [
      ['grant', 1_000, 1_000, null],
      ['consume', -100, 900, kept],
      ['consume', -200, 700, deleted],
    ];
    for (const [type, amount, balance_after, message_id] of rows) {
      await knex('balance_transactions').insert({
        ...{ id: randomUUID(), user_id: userId, type, amount, balance_after, message_id },
        reason: '从前',
      });
    }
    await knex('reservations').insert({ message_id: running, user_id: userId, amount: 40 });
    await knex.transaction((within) => migrations[LEDGER]?.up(within));
  });
  afterAll(async () => {
    await database.close();
    await drop();
  });

  test('agree with it', async () => {
    const reading = await createReconciliationStore(database.knex).read(new Date(0));
    expect(judgeLedger(reading.ledger)).toMatchObject({ sound: true, detail: { sum: 0 } });
    expect(judgeUsage(reading.usage)).toMatchObject({ sound: true });
    expect(reading.ledger.trial.totals).toMatchObject({
      grants: -1_000,
      revenue: 300,
      reserved: 40,
    });
  });

  test('still tell what was used, also where the conversation is gone', async () => {
    const rows = await database
      .knex('answer_usage')
      .orderBy('cost')
      .select('message_id', 'model', 'cost');
    expect(rows).toEqual([
      { message_id: kept, model: 'deepseek-flash', cost: '100' },
      { message_id: deleted, model: 'unknown', cost: '200' },
    ]);
  });

  test('an answer that was being written is settled afterwards', async () => {
    const usage = {
      model: 'deepseek-flash',
      promptTokens: 10,
      cachedTokens: 0,
      completionTokens: 5,
    };
    const receipt = await database.knex.transaction((within) =>
      composeStores(within).charges.settle(running, usage, '提问'),
    );
    expect(receipt?.cost).toBeGreaterThan(0);
    const { balance, held } = await composeStores(database.knex).ledger.read(userId);
    expect({ balance, held }).toEqual({ balance: 700 - (receipt?.cost ?? 0), held: 0 });
  });
});
