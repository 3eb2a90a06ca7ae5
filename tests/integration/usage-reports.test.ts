import { jest } from '@jest/globals';
import { z } from 'zod';
import { asAdmin, WITH_ADMIN } from '../support/administrator.ts';
import * as contract from '../support/contract-schemas.ts';
import { createPurchases } from '../support/purchases.ts';
import { asGuest, type Learner, register } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(120_000);

const whole = z.int();
const stats = z.object({
  users: z.object({ total: whole, guests: whole, learners: whole, admins: whole }),
  active: z.object({ today: whole, sevenDays: whole }),
  questions: z.object({ today: whole, total: whole }),
  tokens: z.object({ prompt: whole, cached: whole, completion: whole }),
  revenueFen: whole,
  balanceTokens: z.object({ sold: whole, granted: whole, used: whole }),
  runningAnswers: whole,
  jobs: z.record(z.string(), whole),
});
const report = z.object({
  by: z.string(),
  items: z.array(
    z.object({
      key: z.string(),
      requests: whole,
      promptTokens: whole,
      cachedTokens: whole,
      completionTokens: whole,
      cost: whole,
      currency: z.string(),
      providerCost: whole,
      revenueFen: whole.optional(),
    }),
  ),
});
const reconciliation = z.object({
  ...{ id: z.guid(), day: z.string(), kind: z.string(), sound: z.boolean() },
  acknowledgedAt: z.iso.datetime().nullable(),
  detail: z.record(z.string(), z.unknown()),
});

describeInOneMode('what an administrator sees of the use', (mode) => {
  let tutor: TutorWithModel;
  let admin: Learner;
  let learner: Learner;
  const answers: contract.Message[] = [];
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode, WITH_ADMIN);
    admin = await asAdmin(tutor.service.url);
    learner = await register(tutor.service.url);
    const session = await learner.openSession();
    for (const question of ['「学而时习之」怎么讲？', '何谓仁？']) {
      answers.push((await learner.askWhole(session.id, question)).message);
    }
    // What was used stays when the conversation goes.
    await learner.call('DELETE', `/api/sessions/${session.id}`);
    await asGuest(tutor.service.url);
  });
  afterAll(() => tutor.dispose());

  const sum = (key: 'promptTokens' | 'cachedTokens' | 'completionTokens' | 'cost') =>
    answers.reduce((total, { usage }) => total + (usage?.[key] ?? 0), 0);
  const usage = async (query = '') => (await admin.get(`/api/admin/usage${query}`)).data(report);

  test('the site in numbers', async () => {
    const numbers = (await admin.get('/api/admin/stats')).data(stats);
    expect(numbers).toMatchObject({
      users: { total: 3, guests: 1, learners: 1, admins: 1 },
      ...{ active: { today: 1, sevenDays: 1 }, questions: { today: 2, total: 2 } },
      tokens: { prompt: sum('promptTokens'), completion: sum('completionTokens') },
      ...{ revenueFen: 0, runningAnswers: 0 },
    });
    expect(numbers.balanceTokens.used).toBe(sum('cost'));
    expect(numbers.balanceTokens.sold).toBe(0);
    expect(numbers.balanceTokens.granted).toBeGreaterThan(2_000_000);
    expect(numbers.jobs.failed).toBe(0);
  });

  test('what was used, by day, model and user, is what the answers said', async () => {
    const expected = {
      ...{ requests: 2, promptTokens: sum('promptTokens'), cachedTokens: sum('cachedTokens') },
      ...{ completionTokens: sum('completionTokens'), cost: sum('cost'), currency: 'CNY' },
    };
    const [day, model, user] = [await usage(), await usage('?by=model'), await usage('?by=user')];
    expect(day).toMatchObject({ by: 'day', items: [{ ...expected, revenueFen: 0 }] });
    expect(model).toMatchObject({ by: 'model', items: [{ ...expected, key: 'deepseek-flash' }] });
    expect(user).toMatchObject({
      by: 'user',
      items: [{ ...expected, key: learner.login.user.id }],
    });
    expect(day.items[0]?.providerCost).toBeGreaterThan(0);
  });

  test('the same when the hour is summed up from the answers', async () => {
    const { knex } = tutor.service.platform.database;
    const before = await usage();
    await tutor.service.services.reports.usage.rollUp(new Date(Date.now() + 3_600_000));
    expect(await knex('usage_hours')).not.toEqual([]);
    expect(await usage()).toEqual(before);
    await knex('usage_hours').delete();
  });

  test('money that came in stands beside what the provider asks', async () => {
    const { knex } = tutor.service.platform.database;
    const purchases = createPurchases(knex);
    const order = await purchases.order(learner.login.user.id);
    await purchases.pay(order);
    const paid = { transaction_id: 'first', amount_fen: 3_000, paid_at: '2026-01-02T16:30:00Z' };
    await knex('orders').where({ id: order.id }).update(paid);
    // The second payment for the same order went back whole, and was never income.
    for (const [transaction, fen] of [
      ['first', 1_000],
      ['second', 3_000],
    ] as const) {
      await knex('refunds').insert({
        ...{ id: knex.raw('gen_random_uuid()'), order_id: order.id, amount_fen: fen, tokens: 0 },
        ...{ refund_no: `report${mode}${transaction}`, transaction_id: transaction },
        ...{ reason: '测试', status: 'succeeded', ended_at: '2026-01-03T16:00:00Z' },
      });
    }
    const { items } = await usage('?from=2026-01-01&to=2026-01-31');
    expect(items.map(({ key, revenueFen, requests }) => [key, revenueFen, requests])).toEqual([
      ['2026-01-03', 3_000, 0],
      ['2026-01-04', -1_000, 0],
    ]);
    expect((await admin.get('/api/admin/stats')).data(stats).revenueFen).toBe(2_000);
  });

  test.each([
    '?from=2026-02-01&to=2026-01-01',
    '?from=2020-01-01&to=2026-01-01',
    '?by=week',
    '?from=x',
  ])('a period or key that makes no sense is refused: %s', async (query) => {
    const reply = await admin.get(`/api/admin/usage${query}`);
    expect(reply.failure()).toMatchObject({ status: 400, error: 'invalid_input' });
  });

  test('whether the books agreed', async () => {
    await tutor.service.services.reports.reconciliations.reconcile();
    const page = contract.pageOf(reconciliation);
    const { items } = (await admin.get('/api/admin/reconciliations?limit=2')).data(page);
    expect(items.map(({ kind, sound }) => `${kind} ${sound}`).sort()).toEqual([
      'ledger true',
      'usage true',
    ]);
    const only = (await admin.get('/api/admin/reconciliations?kind=ledger')).data(page);
    expect(new Set(only.items.map(({ kind }) => kind))).toEqual(new Set(['ledger']));
  });

  test('the daily jobs were made once, and made no alarm', async () => {
    const { knex } = tutor.service.platform.database;
    const rows = await knex('jobs').whereIn('kind', ['reconcile-ledger', 'monthly-statement']);
    expect(rows.map(({ kind }) => kind).sort()).toEqual(['monthly-statement', 'reconcile-ledger']);
    for (const { dedupe_key } of rows) expect(dedupe_key).toMatch(/^\d{4}-\d\d-\d\dT(04|09)$/);
  });

  test('nobody else sees any of it', async () => {
    for (const path of ['stats', 'usage', 'reconciliations']) {
      expect((await learner.get(`/api/admin/${path}`)).failure().status).toBe(403);
    }
  });

  test('a learner chooses whether to get mails about the balance', async () => {
    const settings = z.object({ enabled: z.boolean() });
    const path = '/api/billing/mails';
    expect((await learner.get(path)).data(settings)).toEqual({ enabled: true });
    const off = { enabled: false };
    expect((await learner.call('PUT', path, off)).data(settings)).toEqual(off);
    expect((await learner.get(path)).data(settings)).toEqual(off);
    expect((await learner.call('PUT', path, { enabled: 'no' })).failure().status).toBe(400);
  });
});
