import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { journals } from '../../backend/billing/ledger/journal.ts';
import { composeStores } from '../../backend/compose-stores.ts';
import {
  expectSoundBooks,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { describeInBothModes } from '../support/service-space.ts';

jest.setTimeout(120_000);

describeInBothModes('what is written in the ledger', (mode) => {
  let space: LedgerSpace;
  let userId: string;
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
    userId = await newLearner(space, 1_000);
    const usage = { model: 'some', promptTokens: 1, cachedTokens: 0, completionTokens: 1 };
    await space.stores.usage.record({
      ...{ ...usage, messageId: randomUUID(), userId, cost: 0, currency: 'CNY', providerCost: 0 },
    });
  });
  afterAll(() => space.dispose());

  /** A journal that has no legs yet. */
  async function begun(): Promise<string> {
    const id = randomUUID();
    const journal = { id, kind: 'adjust', reference: id, user_id: userId, reason: '测试' };
    await space.database
      .knex('ledger_journals')
      .insert({ ...journal, amount: 0, balance_after: 1_000 });
    return id;
  }

  const run = (sql: string) => space.database.knex.raw(sql);

  test.each(['ledger_journals', 'ledger_entries', 'prices', 'answer_usage'])(
    'cannot be changed or removed: %s',
    async (table) => {
      const before = (await run(`select * from ${table}`)).rows;
      expect(before.length).toBeGreaterThan(0);
      const column = { prices: 'currency', answer_usage: 'cost' }[table] ?? 'amount';
      for (const sql of [
        `update ${table} set ${column} = ${column}`,
        `update ${table} set ${column} = ${column} where false`,
        `delete from ${table}`,
        `truncate ${table} cascade`,
      ]) {
        await expect(run(sql)).rejects.toThrow('append-only');
      }
      expect((await run(`select * from ${table}`)).rows).toEqual(before);
    },
  );

  test.each<[string, [string, string | null, number][]]>([
    ['that makes tokens out of nothing', [['available', 'user', 5]]],
    [
      'that loses one on the way',
      [
        ['available', 'user', -5],
        ['revenue', null, 4],
      ],
    ],
  ])('has no journal %s', async (_, legs) => {
    const journalId = await begun();
    const entries = legs.map(([account, owner, amount]) => ({
      ...{ journal_id: journalId, account, user_id: owner && userId, amount },
    }));
    await expect(space.database.knex('ledger_entries').insert(entries)).rejects.toThrow(
      'must sum to zero',
    );
  });

  test('has no journal that gets more legs later, however well they balance', async () => {
    const about = () => ({ userId, reference: randomUUID(), reason: '测试' });
    const moreLegs = async ({ knex }: Pick<typeof space.database, 'knex'>, journalId: string) => {
      const leg = (account: string, amount: number) => ({ journal_id: journalId, account, amount });
      await knex('ledger_entries').insert([leg('revenue', 5), leg('adjustments', -5)]);
    };
    const [written] = await space.database
      .knex('ledger_journals')
      .where({ user_id: userId, kind: 'grant' });
    const legs = () => space.database.knex('ledger_entries').where({ journal_id: written.id });
    const before = await legs();
    expect(before).toHaveLength(2);
    await expect(moreLegs(space.database, written.id)).rejects.toThrow('written at once');
    expect(await legs()).toEqual(before);

    const gift = journals.grant(1, about());
    const inOneTransaction = space.database.knex.transaction(async (knex) => {
      const { ledger } = composeStores(knex);
      await ledger.lock(userId);
      await ledger.post(gift);
      const journal = await ledger.find('grant', gift.reference);
      await moreLegs({ knex }, journal?.id ?? '');
    });
    await expect(inOneTransaction).rejects.toThrow('written at once');
    expect(await space.stores.ledger.find('grant', gift.reference)).toBeUndefined();
    await expectSoundBooks(space);
  });

  test('has no leg of a learner without the learner, and none of the house with one', async () => {
    const { knex } = space.database;
    const journalId = await begun();
    const leg = (account: string, amount: number, owner: string | null) => ({
      ...{ journal_id: journalId, account, amount, user_id: owner },
    });
    const legs = [
      [leg('reserved', -3, null), leg('revenue', 3, null)],
      [leg('reserved', -3, userId), leg('revenue', 3, userId)],
      [leg('treasure', 3, null), leg('revenue', -3, null)],
    ];
    for (const pair of legs) {
      await expect(knex('ledger_entries').insert(pair)).rejects.toThrow(/check constraint/);
    }
  });

  test('spends no more than there is, whatever is asked of it', async () => {
    const about = () => ({ userId, reference: randomUUID(), reason: '测试' });
    for (const journal of [
      journals.consume(1_001, about()),
      journals.refund(1_001, about()),
      journals.adjust(-1_001, about()),
      journals.reserve(1_001, about()),
      journals.release(1, about()),
      journals.settle(1, 1, about()),
    ]) {
      await expect(space.transact(({ ledger }) => ledger.post(journal))).rejects.toThrow(
        /check constraint/,
      );
    }
    expect(await space.stores.ledger.read(userId)).toEqual({ balance: 1_000, held: 0 });
    await expectSoundBooks(space);
  });

  test('belongs to an account: nothing is written for somebody unknown', async () => {
    const about = { userId: randomUUID(), reference: randomUUID(), reason: '测试' };
    expect(await space.transact(({ ledger }) => ledger.post(journals.grant(1, about)))).toBe(false);
    const rows = await space.database.knex('ledger_journals').where({ user_id: about.userId });
    expect(rows).toEqual([]);
  });

  test('gives a kept balance away that was tampered with', async () => {
    const { knex } = space.database;
    await knex('balances').where({ user_id: userId }).update({ balance: 1_001, held: 2 });
    expect((await space.stores.ledger.trialBalance()).differing).toEqual([
      { userId, kept: { balance: 1_001, held: 2 }, summed: { balance: 1_000, held: 0 } },
    ]);
    await knex('balances').where({ user_id: userId }).update({ balance: 1_000, held: 0 });
    await expectSoundBooks(space);
  });
});
