import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { createLiveUsage } from '../../backend/billing/reports/live-usage.ts';
import { HOUR_MS, hourOf } from '../../backend/billing/reports/usage.ts';
import { createUsageService } from '../../backend/billing/reports/usage-service.ts';
import type { Counters } from '../../backend/platform/counters/counters.ts';
import { createMemoryCounters } from '../../backend/platform/counters/memory-counters.ts';
import { type LedgerSpace, newLearner, openLedgerSpace } from '../support/ledger-space.ts';
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
  beforeEach(async () => {
    space = await openLedgerSpace(mode);
    learners = [await newLearner(space), await newLearner(space)];
  });
  afterEach(() => space.dispose());

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
    const live = createLiveUsage(counters, silentLogger);
    const { stores, transact } = space;
    return { live, ...createUsageService({ reader: stores.usage, stores, transact, live }) };
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

  test('what was just answered is in the report at once, with what it costs us', async () => {
    const usage = openUsage();
    await answered(0, hoursAgo(2));
    await usage.rollUp(NOW);
    const answer = { ...counts, userId: learners[0] ?? '', model: 'deepseek-flash', cost: 740 };
    usage.live.count(answer, NOW);
    usage.live.count(answer, NOW);
    const [item] = await usage.report(EVER, 'user', NOW);
    expect(item).toEqual({
      ...{ key: learners[0], currency: 'CNY', requests: 3, cost: 700 + 2 * 740 },
      ...{ promptTokens: 3_000, cachedTokens: 1_200, completionTokens: 300 },
      // 400 cached at 0.02, 600 read at 1, 100 written at 4 millionths of a yuan each.
      providerCost: 1_008 + 2 * (8 + 600 + 400),
    });
  });

  test('without the counters the answers themselves are asked', async () => {
    const usage = openUsage(away);
    await answered(0, hoursAgo(1));
    await answered(1, NOW);
    const items = await usage.report(EVER, 'day', NOW);
    expect(items).toMatchObject([{ key: '2026-11-21', requests: 2, cost: 1400 }]);
  });

  test('an hour that was counted wrongly is right once it is over', async () => {
    const usage = openUsage();
    const userId = learners[0] ?? '';
    usage.live.count({ ...counts, userId, model: 'deepseek-flash', cost: 700 }, NOW);
    await answered(0, NOW);
    await answered(1, NOW);
    expect(await usage.report(EVER, 'day', NOW)).toMatchObject([{ requests: 1 }]);
    const later = new Date(NOW.getTime() + HOUR_MS);
    await usage.rollUp(later);
    expect(await usage.report(EVER, 'day', later)).toMatchObject([{ requests: 2 }]);
  });
});

/** Counters whose server is gone. */
const away: Counters = {
  add: async () => false,
  read: async () => undefined,
  close: async () => undefined,
};
