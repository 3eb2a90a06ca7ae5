import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { journals } from '../../backend/billing/ledger/journal.ts';
import { createLiveUsage } from '../../backend/billing/reports/live-usage.ts';
import { createUsageService } from '../../backend/billing/reports/usage-service.ts';
import { createMemoryCounters } from '../../backend/platform/counters/memory-counters.ts';
import { type LedgerSpace, newLearner, openLedgerSpace } from '../support/ledger-space.ts';
import { silentLogger } from '../support/redis-space.ts';
import { describeInBothModes, describeWithServers } from '../support/service-space.ts';

jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;

function rollUp({ stores, transact }: LedgerSpace, now: Date): Promise<void> {
  const live = createLiveUsage(createMemoryCounters(), stores.prices, silentLogger);
  return createUsageService({
    read: (_userId, work) => work(stores),
    stores,
    transact,
    live,
  }).rollUp(now);
}

/** A journal as it would have been written so long ago. */
async function journalAgo(space: LedgerSpace, userId: string, hours: number, gift: number) {
  await space.database.knex('ledger_journals').insert({
    ...{ id: randomUUID(), kind: 'grant', reference: randomUUID(), user_id: userId },
    ...{ amount: gift, balance_after: gift, reason: '从前' },
    created_at: new Date(Date.now() - hours * HOUR_MS),
  });
}

describeInBothModes('what was sold, given and used since ever', (mode) => {
  let space: LedgerSpace;
  let userId: string;
  beforeEach(async () => {
    space = await openLedgerSpace(mode);
    userId = await newLearner(space, 1_000);
  });
  afterEach(() => space.dispose());

  const flows = () => space.stores.flows.totals();
  const about = () => ({ userId, reference: randomUUID(), reason: '测试' });
  const post = (...all: Parameters<typeof space.stores.ledger.post>[0][]) =>
    space.transact(async ({ ledger }) => {
      for (const journal of all) await ledger.post(journal);
    });

  test('is what the accounts of the house say, before hours are summed up and after', async () => {
    await post(
      journals.recharge(500, about()),
      journals.refund(120, about()),
      journals.consume(70, about()),
      journals.adjust(9, about()),
      journals.reserve(300, about()),
      journals.settle(200, 150, about()),
      journals.release(100, about()),
    );
    const expected = { grant: 1_000, recharge: 500, refund: -120, consume: -70, settle: -150 };
    expect(await flows()).toEqual(expected);
    const { totals } = await space.stores.ledger.trialBalance();
    expect({ ...totals }).toMatchObject({ grants: -1_000, recharge_clearing: -380, revenue: 220 });
    const nextHour = new Date(Date.now() + HOUR_MS);
    await rollUp(space, nextHour);
    await rollUp(space, nextHour);
    expect(await space.database.knex('ledger_hours')).toHaveLength(5);
    expect(await flows()).toEqual(expected);
  });

  test('counts what came after the last hour that was summed up, and what was committed late', async () => {
    await journalAgo(space, userId, 30, 1);
    await journalAgo(space, userId, 3, 20);
    await rollUp(space, new Date());
    await journalAgo(space, userId, 0, 300);
    expect(await flows()).toMatchObject({ grant: 1_321 });
    await journalAgo(space, userId, 5, 4_000);
    await rollUp(space, new Date());
    expect(await flows()).toMatchObject({ grant: 5_321 });
  });
});

describeWithServers('the total of a ledger that has grown long', () => {
  const JOURNALS = 40_000;

  test('is read from sums of hours and the last journals, not from the ledger', async () => {
    const space = await openLedgerSpace('services');
    try {
      const userId = await newLearner(space, 1_000);
      const { knex } = space.database;
      await knex.raw(
        `insert into ledger_journals (id, kind, reference, user_id, amount, balance_after, reason,
             created_at)
           select gen_random_uuid(), 'consume', n::text, ?, -1, 1, '从前',
             now() - interval '400 days' + n * interval '14 minutes'
           from generate_series(1, ?::int) as n`,
        [userId, JOURNALS],
      );
      await knex.raw('analyze ledger_journals');
      await rollUp(space, new Date());
      await knex.raw('analyze ledger_hours');
      const asked: { sql: string; bindings: unknown[] }[] = [];
      const listen = (query: { sql: string; bindings: unknown[] }) => void asked.push(query);
      knex.on('query', listen);
      expect(await space.stores.flows.totals()).toMatchObject({ grant: 1_000, consume: -JOURNALS });
      knex.off('query', listen);
      const total = asked.find(({ sql }) => sql.includes('ledger_journals'));
      const plan = await explain(knex, total ?? { sql: '', bindings: [] });
      expect(plan).toContain('ledger_journals_flows');
      expect(plan).not.toMatch(/Seq Scan on ledger_(journals|entries)/);
    } finally {
      await space.dispose();
    }
  });
});

async function explain(
  knex: LedgerSpace['database']['knex'],
  { sql, bindings }: { sql: string; bindings: unknown[] },
): Promise<string> {
  const plain = sql.replaceAll(/\$\d+/g, '?');
  const { rows } = await knex.raw(`explain ${plain}`, bindings as Date[]);
  return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
}
