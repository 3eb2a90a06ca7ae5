import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { createLiveUsage } from '../../backend/billing/reports/live-usage.ts';
import { HOUR_MS, hourOf } from '../../backend/billing/reports/usage.ts';
import { createUsageService } from '../../backend/billing/reports/usage-service.ts';
import type { Counters } from '../../backend/platform/counters/counters.ts';
import { createMemoryCounters } from '../../backend/platform/counters/memory-counters.ts';
import {
  forgetEverybody,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { silentLogger } from '../support/redis-space.ts';
import { describeInBothModes } from '../support/service-space.ts';

jest.setTimeout(120_000);

/** A Saturday afternoon in Beijing, off-peak. */
const NOW = new Date('2026-11-21T07:30:00Z');
const EVER = { from: new Date(0), to: new Date('2027-01-01T00:00:00Z') };
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

describeInBothModes('the summing up of what was used', (mode) => {
  let space: LedgerSpace;
  let learners: string[];
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
  });
  beforeEach(async () => {
    await forgetEverybody(space);
    learners = [await newLearner(space), await newLearner(space)];
  });
  afterAll(() => space.dispose());

  const counts = { promptTokens: 1_000, cachedTokens: 400, completionTokens: 100 };

  async function answered(user: number, at: Date, more: Record<string, unknown> = {}) {
    const userId = learners[user] ?? '';
    await space.database.knex('answer_usage').insert({
      ...{ message_id: randomUUID(), user_id: userId, model: 'deepseek-flash', cost: 700 },
      ...{ prompt_tokens: 1_000, cached_tokens: 400, completion_tokens: 100 },
      ...{ currency: 'CNY', provider_cost: 1_008, ended_at: at, ...more },
    });
  }

  function openUsage(counters: Counters = createMemoryCounters()) {
    const { stores, transact } = space;
    const live = createLiveUsage(counters, stores.prices, silentLogger);
    return {
      live,
      ...createUsageService({ read: (_userId, work) => work(stores), stores, transact, live }),
    };
  }

  const rows = async () => {
    const found = await space.database.knex('usage_hours').orderBy(['hour', 'user_id', 'model']);
    return found.map(({ hour, user_id, requests, cost }) => ({
      ...{ hour, user: learners.indexOf(user_id), requests, cost: Number(cost) },
    }));
  };

  test('by the hour, user and model; the hour that is not over yet is left alone', async () => {
    const usage = openUsage();
    await answered(0, hoursAgo(2));
    await answered(0, hoursAgo(2));
    await answered(1, hoursAgo(1));
    await answered(1, NOW);
    await usage.rollUp(NOW);
    expect(await rows()).toEqual([
      { hour: hourOf(hoursAgo(2)), user: 0, requests: 2, cost: 1400 },
      { hour: hourOf(hoursAgo(1)), user: 1, requests: 1, cost: 700 },
    ]);
  });

  test('as often as it is done, and by as many at once', async () => {
    const usage = openUsage();
    for (let n = 1; n <= 30; n += 1) await answered(n % 2, hoursAgo(n));
    await Promise.all([1, 2, 3, 4].map(() => usage.rollUp(NOW)));
    const once = await rows();
    await usage.rollUp(NOW);
    expect(await rows()).toEqual(once);
    expect(once).toHaveLength(30);
  });

  test('with what was committed late, and what somebody put in is out again', async () => {
    const usage = openUsage();
    await answered(0, hoursAgo(3));
    await usage.rollUp(NOW);
    await answered(0, hoursAgo(3));
    await space.database.knex('usage_hours').insert({
      ...{ hour: hourOf(hoursAgo(5)), user_id: learners[1], model: 'none', currency: 'CNY' },
      ...{ requests: 9, prompt_tokens: 9, cached_tokens: 9, completion_tokens: 9 },
      ...{ cost: 9, provider_cost: 9 },
    });
    await usage.rollUp(NOW);
    expect(await rows()).toEqual([{ hour: hourOf(hoursAgo(3)), user: 0, requests: 2, cost: 1400 }]);
  });

  test('reports say the same before it and after it', async () => {
    const usage = openUsage();
    for (const hours of [1, 5, 30, 200]) await answered(0, hoursAgo(hours));
    await answered(1, hoursAgo(26), { model: 'deepseek-v4-pro', cost: 5_000 });
    for (const by of ['day', 'model', 'user'] as const) {
      const before = await openUsage(away).report(EVER, by, NOW);
      await usage.rollUp(NOW);
      expect(await usage.report(EVER, by, NOW)).toEqual(before);
      await space.database.knex('usage_hours').delete();
    }
    const [first, second] = await usage.report(EVER, 'model', NOW);
    expect([first?.key, first?.cost]).toEqual(['deepseek-v4-pro', 5_000]);
    expect(second).toMatchObject({ key: 'deepseek-flash', requests: 4, promptTokens: 4_000 });
  });

  test('a day is one of Beijing', async () => {
    const usage = openUsage();
    await answered(0, new Date('2026-11-19T15:59:59Z'));
    await answered(0, new Date('2026-11-19T16:00:00Z'));
    await usage.rollUp(NOW);
    const days = (await usage.report(EVER, 'day', NOW)).map(({ key, requests }) => [key, requests]);
    expect(days).toEqual([
      ['2026-11-19', 1],
      ['2026-11-20', 1],
    ]);
    const period = { from: new Date('2026-11-19T16:00:00Z'), to: EVER.to };
    expect((await usage.report(period, 'day', NOW)).map(({ key }) => key)).toEqual(['2026-11-20']);
  });

  /** Settled and counted, as a process does it. */
  async function counted(usage: ReturnType<typeof openUsage>, user: number): Promise<void> {
    await answered(user, NOW);
    const [price] = await space.stores.prices.inForce('deepseek-flash', NOW);
    const receipt = { cost: 700, peak: false, priceId: price?.id ?? '' };
    const answer = { ...counts, ...receipt, userId: learners[user] ?? '', model: 'deepseek-flash' };
    usage.live.count(answer, NOW);
  }
  const both = {
    ...{ promptTokens: 2_000, cachedTokens: 800, completionTokens: 200, requests: 2, cost: 1_400 },
    // Each answer: 400 cached at 0.02, 600 read at 1, 100 written at 4 millionths of a yuan.
    providerCost: 2 * 1_008,
  };

  test('what was just answered is in the report at once, and is not looked up', async () => {
    const usage = openUsage();
    for (const user of [0, 1]) await counted(usage, user);
    const asked: string[] = [];
    const listen = ({ sql }: { sql: string }) => void asked.push(sql);
    space.database.knex.on('query', listen);
    const items = await usage.report(EVER, 'day', NOW);
    space.database.knex.off('query', listen);
    expect(items).toEqual([{ ...both, key: '2026-11-21', currency: 'CNY' }]);
    const currentHour = asked.filter((sql) => sql.includes('answer_usage')).at(-1);
    expect(currentHour).not.toContain('group by');
    expect(await usage.report(EVER, 'day', NOW)).toEqual(
      await openUsage(away).report(EVER, 'day', NOW),
    );
  });

  test('is exact in the running hour when a process dies with its last second', async () => {
    const counters = createMemoryCounters();
    const [survivor, victim] = [openUsage(counters), openUsage(counters)];
    await counted(survivor, 0);
    // Never passed on: `kill -9` comes before the second is over.
    await counted(victim, 1);
    expect(await survivor.report(EVER, 'day', NOW)).toMatchObject([both]);
    await counted(survivor, 0);
    expect(await survivor.report(EVER, 'day', NOW)).toMatchObject([{ requests: 3, cost: 2_100 }]);
    await victim.live.flush();
    expect(await survivor.report(EVER, 'day', NOW)).toMatchObject([{ requests: 3, cost: 2_100 }]);
  });

  test('is exact when the counters come back empty in the middle of an hour', async () => {
    const usage = openUsage();
    for (const user of [0, 1]) await counted(usage, user);
    const restarted = openUsage();
    await counted(restarted, 1);
    const [item] = await restarted.report(EVER, 'day', NOW);
    expect(item).toMatchObject({ requests: 3, cost: 2_100, providerCost: 3_024 });
  });

  test('is exact where one answer is missing and another was counted twice', async () => {
    const usage = openUsage();
    await counted(usage, 0);
    await answered(1, NOW, { cost: 5_000 });
    const [price] = await space.stores.prices.inForce('deepseek-flash', NOW);
    const receipt = { cost: 700, peak: false, priceId: price?.id ?? '' };
    const again = { ...counts, ...receipt, userId: learners[0] ?? '', model: 'deepseek-flash' };
    usage.live.count(again, NOW);
    expect(await usage.report(EVER, 'day', NOW)).toMatchObject([{ requests: 2, cost: 5_700 }]);
  });

  test('without the counters the answers themselves are asked', async () => {
    const usage = openUsage(away);
    await answered(0, hoursAgo(1));
    await answered(1, NOW);
    const items = await usage.report(EVER, 'day', NOW);
    expect(items).toMatchObject([{ key: '2026-11-21', requests: 2, cost: 1400 }]);
  });

  test('an hour that somebody put in from the future is out again, and hides nothing', async () => {
    const usage = openUsage();
    await answered(0, hoursAgo(2));
    await usage.rollUp(NOW);
    await space.database.knex('usage_hours').update({ hour: hoursAgo(-100) });
    await usage.rollUp(NOW);
    expect(await rows()).toEqual([{ hour: hourOf(hoursAgo(2)), user: 0, requests: 1, cost: 700 }]);
  });
});

/** Counters whose server is gone. */
const away: Counters = {
  add: async () => false,
  read: async () => undefined,
  close: async () => undefined,
};
