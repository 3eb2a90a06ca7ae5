import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { journals } from '../../backend/billing/ledger/journal.ts';
import type { WrittenMail } from '../../backend/billing/reports/billing-mail.ts';
import { createReports } from '../../backend/billing/reports/compose-reports.ts';
import { hourOf } from '../../backend/billing/reports/usage.ts';
import { createLogger } from '../../backend/logger.ts';
import { createMemoryCounters } from '../../backend/platform/counters/memory-counters.ts';
import {
  forgetEverybody,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { describeInBothModes } from '../support/service-space.ts';
import type { LogLine } from '../support/start-service.ts';

jest.setTimeout(120_000);

describeInBothModes('the reconciliation of the books', (mode) => {
  let space: LedgerSpace;
  let userId: string;
  let log: LogLine[];
  const sent: WrittenMail[] = [];
  let reports: ReturnType<typeof createReports>;
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
    log = [];
    const { stores, transact } = space;
    reports = createReports({
      ...{
        read: (_userId, work) => work(stores),
        stores,
        transact,
        counters: createMemoryCounters(),
      },
      // Only where the mails leave the program.
      mails: { send: async (mail) => void sent.push(mail) },
      publicUrl: 'https://guoxue.example.org',
      logger: createLogger('info', { write: (line: string) => void log.push(JSON.parse(line)) }),
    });
  });
  beforeEach(async () => {
    await forgetEverybody(space);
    await space.database.knex('reconciliations').delete();
    for (const list of [log, sent]) list.length = 0;
    userId = await newLearner(space, 100_000);
    await answer('settled');
    await answer('released');
    await answer('held');
    const about = { userId, reference: randomUUID(), reason: '服务' };
    await space.transact(({ ledger }) => ledger.post(journals.consume(5, about)));
  });
  afterAll(() => space.dispose());

  async function answer(end: 'settled' | 'released' | 'held'): Promise<string> {
    const messageId = randomUUID();
    const model = 'deepseek-flash';
    const question = { userId, messageId, model, promptTokens: 100 };
    const usage = { model, promptTokens: 100, cachedTokens: 0, completionTokens: 50 };
    await space.transact(({ charges }) =>
      charges.reserve({ ...question, maxOutputTokens: 500, minOutputTokens: 50 }),
    );
    await space.transact(async ({ charges }) => {
      if (end === 'settled') await charges.settle(messageId, usage, '提问');
      if (end === 'released') await charges.release(messageId);
    });
    return messageId;
  }

  const page = async () =>
    (await reports.reconciliations.page({ limit: 20, before: undefined })).items;
  const alarms = () => log.filter(({ level }) => level >= 50).map(({ msg }) => msg);
  const inAnHour = () => new Date(Date.now() + 3_600_000);

  /** Gets round the triggers, as somebody with the database's password might. */
  async function tamper(sql: string, ...bindings: (string | number)[]): Promise<void> {
    const tables = ['ledger_journals', 'ledger_entries', 'answer_usage'];
    for (const table of tables) {
      await space.database.knex.raw(`alter table ${table} disable trigger user`);
    }
    await space.database.knex.raw(sql, bindings);
    for (const table of tables) {
      await space.database.knex.raw(`alter table ${table} enable trigger user`);
    }
  }

  test('finds books in order that are, and says so', async () => {
    await reports.reconciliations.reconcile(inAnHour());
    const items = await page();
    expect(items.map(({ kind, sound }) => [kind, sound])).toEqual([
      ['usage', true],
      ['ledger', true],
    ]);
    expect(items[1]?.detail).toMatchObject({
      ...{ sum: 0, differing: [], holding: [], unsoundJournals: [] },
      ...{ orders: [], refunds: [], flowHours: [] },
    });
    expect(items[0]?.day).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(alarms()).toEqual([]);
  });

  test.each<[string, string, 'ledger' | 'usage', RegExp]>([
    ['a balance', 'update balances set balance = balance + 1', 'ledger', /differing.*summed/],
    ['what is held', 'update balances set held = held - 1', 'ledger', /differing/],
    [
      'a reservation',
      `update reservations set status = 'released' where status = 'held'`,
      'ledger',
      /"reservations":0/,
    ],
    [
      'an entry',
      `update ledger_entries set amount = amount - 1 where account = 'revenue'`,
      'ledger',
      /"sum":-2/,
    ],
    [
      'a journal',
      `update ledger_journals set amount = amount - 1 where kind = 'consume'`,
      'ledger',
      /"unsoundJournals":\["/,
    ],
    [
      'both sides of a journal',
      `update ledger_entries set amount = amount + sign(amount) where journal_id in
         (select id from ledger_journals where kind = 'grant')`,
      'ledger',
      /"unsoundJournals":\["/,
    ],
    ['what an answer used', 'update answer_usage set cost = cost + 1', 'usage', /"answers":\[\{/],
    ['an answer', 'delete from answer_usage', 'usage', /"usage":null/],
  ])('raises the alarm when somebody tampers with %s', async (_, sql, kind, detail) => {
    await tamper(sql);
    await reports.reconciliations.reconcile(inAnHour());
    const found = (await page()).find((each) => each.kind === kind);
    expect(found?.sound).toBe(false);
    expect(JSON.stringify(found?.detail)).toMatch(detail);
    expect(alarms()).toEqual(['the books do not agree']);
  });

  test('makes sums of hours anew that are wrong, and is content the next day', async () => {
    const longAgo = new Date(Date.now() - 100 * 3_600_000);
    await tamper('update answer_usage set ended_at = ?', longAgo.toISOString());
    await answer('settled');
    await reports.usage.rollUp(inAnHour());
    await space.database.knex('usage_hours').update({ requests: 5 });
    await reports.reconciliations.reconcile(inAnHour());
    const usage = (await page()).find(({ kind }) => kind === 'usage');
    expect(usage).toMatchObject({ kind: 'usage', sound: false, detail: { answers: [] } });
    expect(usage?.detail.hours).toEqual([hourOf(longAgo).toISOString()]);
    expect(alarms()).toHaveLength(1);
    await reports.reconciliations.reconcile(inAnHour());
    const newest = (await page()).find(({ kind }) => kind === 'usage');
    expect(newest).toMatchObject({ kind: 'usage', sound: true });
    expect(alarms()).toHaveLength(1);
  });

  test('compares the hours of the last day before they are made anew', async () => {
    for (const hours of [30, 5, 2]) {
      const at = new Date(Date.now() - hours * 3_600_000).toISOString();
      const messageId = await answer('settled');
      await tamper('update answer_usage set ended_at = ? where message_id = ?', at, messageId);
    }
    await reports.usage.rollUp();
    const { knex } = space.database;
    const day = new Date(Date.now() - 24 * 3_600_000);
    const changed = await knex('usage_hours')
      .where('hour', '>', day)
      .increment('cost', 1)
      .returning('hour');
    expect(changed.length).toBeGreaterThanOrEqual(2);
    await reports.reconciliations.reconcile();
    const usage = (await page()).find(({ kind }) => kind === 'usage');
    const hours = changed.map(({ hour }) => hour.toISOString()).sort();
    expect(usage?.detail.hours).toEqual(hours);
    await reports.reconciliations.reconcile();
    expect((await page()).find(({ kind }) => kind === 'usage')?.sound).toBe(true);
  });

  test('finds sums of the ledger by the hour that are wrong, also old ones and ones to come', async () => {
    const { knex } = space.database;
    const at = (hours: number) => hourOf(new Date(Date.now() - hours * 3_600_000));
    const old = { kind: 'grant', reference: 'old', user_id: userId, amount: 0, balance_after: 0 };
    await knex('ledger_journals').insert({
      ...{ id: randomUUID(), ...old, reason: '从前', created_at: at(48) },
    });
    await reports.usage.rollUp();
    await knex('ledger_hours')
      .where({ hour: at(48) })
      .update({ amount: 5_000 });
    await knex('ledger_hours').insert({ hour: at(72), kind: 'recharge', amount: 9 });
    await knex('ledger_hours').insert({ hour: at(-48), kind: 'grant', amount: 7 });
    await reports.reconciliations.reconcile();
    const found = (await page()).find(({ kind }) => kind === 'ledger');
    const flowHours = [at(72), at(48), at(-48)].map((hour) => hour.toISOString());
    expect(found).toMatchObject({ sound: false, detail: { sum: 0, flowHours } });
    await reports.reconciliations.reconcile();
    expect((await page()).find(({ kind }) => kind === 'ledger')?.sound).toBe(true);
    expect(await space.stores.flows.totals()).toMatchObject({ grant: 100_000, recharge: 0 });
  });

  test('compares what is held learner by learner', async () => {
    const other = await newLearner(space, 100_000);
    await tamper(`update reservations set user_id = ? where status = 'held'`, other);
    await reports.reconciliations.reconcile(inAnHour());
    const found = (await page()).find(({ kind }) => kind === 'ledger');
    const { reservations, keptHeld, holding } = found?.detail ?? {};
    expect(reservations).toBe(keptHeld);
    expect(found?.sound).toBe(false);
    expect(holding).toEqual(
      expect.arrayContaining([
        { userId, reservations: 0, kept: keptHeld },
        { userId: other, reservations, kept: 0 },
      ]),
    );
  });

  test('is not misled by whoever pays and asks meanwhile', async () => {
    let busy = true;
    const traffic = [1, 2, 3].map(async () => {
      while (busy) await answer('settled');
    });
    for (let n = 0; n < 5; n += 1) await reports.reconciliations.reconcile();
    busy = false;
    await Promise.all(traffic);
    expect((await page()).map(({ sound }) => sound)).toEqual(Array(10).fill(true));
    expect(alarms()).toEqual([]);
  });

  test('is listed newest first, a page at a time', async () => {
    for (let n = 0; n < 3; n += 1) await reports.reconciliations.reconcile();
    const seen: string[] = [];
    let before: readonly [string, string] | undefined;
    for (let n = 0; n < 3; n += 1) {
      const { items } = await reports.reconciliations.page({ limit: 2, before });
      seen.push(...items.map(({ id }) => id));
      const last = items.at(-1);
      before = last && [last.createdAt.toISOString(), last.id];
    }
    expect(seen).toEqual((await page()).map(({ id }) => id));
    expect(new Set(seen).size).toBe(6);
  });
});
