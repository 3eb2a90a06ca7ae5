import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { asAdmin, WITH_ADMIN } from '../support/administrator.ts';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { asGuest, asLearner, type Learner, register, visit } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { type SeveralServices, startSeveral } from '../support/several-services.ts';
import type { RunningService } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const rates = z.strictObject({ cached: z.int(), prompt: z.int(), completion: z.int() });
const current = z.object({
  items: z.array(
    z.strictObject({
      ...{ model: z.string(), currency: z.string(), peakNow: z.boolean() },
      ...{ now: rates, offPeak: rates, peak: rates, effectiveFrom: z.iso.datetime() },
    }),
  ),
  peakHours: z.string().regex(/北京时间/),
});
const price = z.object({
  ...{ id: z.guid(), model: z.string(), currency: z.string(), effectiveFrom: z.iso.datetime() },
  ...{ offPeak: rates, peak: rates, providerOffPeak: rates, providerPeak: rates },
});

const of = (cached: number, prompt: number, completion: number) => ({ cached, prompt, completion });
const NEW = {
  ...{ offPeak: of(1, 2, 3), peak: of(4, 5, 6) },
  ...{ providerOffPeak: of(7, 8, 9), providerPeak: of(10, 11, 12) },
};
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

const pricesAt = async (url: string) =>
  (await visit(url).get('/api/billing/prices')).data(current).items;

describeInOneMode('what a model costs', (mode) => {
  let tutor: TutorWithModel;
  let second: RunningService | undefined;
  let admin: Learner;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode, WITH_ADMIN);
    if (mode === 'services') second = await tutor.space.start(tutor.environment);
    admin = await asAdmin(tutor.service.url);
  });
  afterAll(() => tutor.dispose());

  /** Asks where the price was not set. */
  const elsewhere = () => second?.url ?? tutor.service.url;
  const add = (body: object, key: string = randomUUID()) =>
    admin.post('/api/admin/prices', body, { 'idempotency-key': key });
  const audited = (id: string) =>
    tutor.service.platform.database.knex('audit_log').where({ target_id: id });
  const costing = async (model: string) =>
    (await pricesAt(elsewhere())).find((each) => each.model === model);

  test('is told to visitors, for every model that may be asked', async () => {
    const items = await pricesAt(elsewhere());
    expect(items.map(({ model }) => model)).toEqual(['deepseek-flash', 'deepseek-v4-pro']);
    for (const { now, peakNow, peak, offPeak } of items)
      expect(now).toEqual(peakNow ? peak : offPeak);
    expect(items[0]).toMatchObject({ currency: 'CNY', offPeak: of(100, 1000, 2000) });
  });

  test('changes in every process at one moment, for what is asked from then on', async () => {
    const learner = asLearner(elsewhere(), (await asGuest(tutor.service.url)).login);
    const { id } = await learner.openSession();
    const before = await learner.askWhole(id, '「学而时习之」怎么讲？');
    const added = (await add({ model: 'deepseek-flash', ...NEW })).data(price, 201);
    const written = await tutor.service.services.stores.prices.now();
    expect(Date.parse(added.effectiveFrom) - written.getTime()).toBeGreaterThanOrEqual(900);
    expect((await costing('deepseek-flash'))?.offPeak).not.toEqual(NEW.offPeak);
    await eventually('it holds', async () => new Date().toISOString() > added.effectiveFrom);
    expect(await costing('deepseek-flash')).toMatchObject({
      ...{ offPeak: NEW.offPeak, peak: NEW.peak, effectiveFrom: added.effectiveFrom },
    });
    const { message } = await learner.askWhole(id, '「温故而知新」怎么讲？');
    const receipt = contract.receipt.parse(message.usage);
    expect(receipt).toMatchObject({
      priceId: added.id,
      rates: receipt.peak ? NEW.peak : NEW.offPeak,
    });
    expect(contract.receipt.parse(before.message.usage).priceId).not.toBe(added.id);
    expect(await audited(added.id)).toEqual([
      expect.objectContaining({
        ...{ action: 'price.add', actor_id: admin.login.user.id, target_type: 'price' },
        detail: {
          model: 'deepseek-flash',
          currency: 'CNY',
          effectiveFrom: added.effectiveFrom,
          ...NEW,
        },
      }),
    ]);
  });

  test('set for later costs nothing different until then', async () => {
    const learner = asLearner(elsewhere(), (await asGuest(tutor.service.url)).login);
    const { id } = await learner.openSession();
    const charged = async () => {
      const more = { model: 'deepseek-v4-pro' };
      const { message } = await learner.askWhole(id, '「学而时习之」怎么讲？', more);
      return contract.receipt.parse(message.usage).priceId;
    };
    const chargedBefore = await charged();
    const before = await costing('deepseek-v4-pro');
    const effectiveFrom = inSeconds(3600);
    const added = (await add({ model: 'deepseek-v4-pro', effectiveFrom, ...NEW })).data(price, 201);
    expect(added.effectiveFrom).toBe(effectiveFrom);
    expect(await costing('deepseek-v4-pro')).toEqual(before);
    expect(await charged()).toBe(chargedBefore);
    const all = await admin.get('/api/admin/prices');
    const { items } = all.data(z.object({ items: z.array(price) }));
    expect(items[0]).toEqual(added);
  });

  test('cannot be set for the past, except for the moment a clock may be behind', async () => {
    const body = { model: 'somebody-else', ...NEW };
    const past = (await add({ ...body, effectiveFrom: inSeconds(-120) })).failure();
    expect(past).toMatchObject({ status: 400, details: [{ path: 'effectiveFrom' }] });
    const called = Date.now();
    const now = (await add({ ...body, effectiveFrom: inSeconds(-5) })).data(price, 201);
    expect(Date.parse(now.effectiveFrom)).toBeGreaterThanOrEqual(called);
  });

  test('is one for a model and a moment', async () => {
    const body = { model: 'twice', effectiveFrom: inSeconds(600), ...NEW };
    const replies = await Promise.all([1, 2, 3].map(() => add(body)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const refused = replies.find(({ status }) => status === 409);
    expect(refused?.failure().error).toBe('conflict');
    const key = randomUUID();
    const later = { ...body, effectiveFrom: inSeconds(700) };
    const again = await Promise.all([1, 2].map(() => add(later, key)));
    expect(again[1]?.data(price, 201)).toEqual(again[0]?.data(price, 201));
  });

  test('can never be changed or deleted, not even by hand', async () => {
    const { knex } = tutor.service.platform.database;
    await expect(knex('prices').update({ currency: 'USD' })).rejects.toThrow(/append-only/);
    await expect(knex('prices').delete()).rejects.toThrow(/append-only/);
  });

  test.each<[string, object]>([
    ['without a model', NEW],
    ['for a name that matches everything', { model: '', ...NEW }],
    ['for a name in capitals', { model: 'DeepSeek', ...NEW }],
    ['below nothing', { model: 'bad', ...NEW, peak: of(0, -1, 0) }],
    ['in parts', { model: 'bad', ...NEW, peak: of(0, 0.5, 0) }],
    ['that is a slip of the pen', { model: 'bad', ...NEW, peak: of(0, 0, 1_000_001) }],
    ['dearer from the cache', { model: 'bad', ...NEW, peak: of(3, 2, 3) }],
    ['in no currency', { model: 'bad', ...NEW, currency: 'yuan' }],
    ['without a time of day', { model: 'bad', ...NEW, effectiveFrom: '2042-01-01' }],
    ['without what the provider asks', { model: 'bad', offPeak: NEW.offPeak, peak: NEW.peak }],
  ])('is not set %s', async (_, body) => {
    expect((await add(body)).failure()).toMatchObject({ status: 400, error: 'invalid_input' });
  });

  test('is told to administrators with how far public holidays are known', async () => {
    const reply = await admin.get('/api/admin/prices');
    const { holidaysKnownUntil } = reply.data(z.object({ holidaysKnownUntil: z.iso.date() }));
    expect(holidaysKnownUntil >= '2026-12-31').toBe(true);
  });

  test('is an administrator’s business', async () => {
    const learner = await register(tutor.service.url);
    expect((await learner.get('/api/admin/prices')).failure().status).toBe(403);
    const reply = await learner.post('/api/admin/prices', { model: 'mine', ...NEW });
    expect(reply.failure().status).toBe(403);
  });
});

describeInOneMode('what the offline tutor costs', (mode) => {
  let services: SeveralServices;
  beforeAll(async () => {
    services = await startSeveral(mode);
  });
  afterAll(() => services.dispose());

  test('is told beside the models that may be named, and is nothing', async () => {
    const items = await pricesAt(services.url());
    expect(items.map(({ model }) => model)).toEqual([
      ...['deepseek-flash', 'deepseek-v4-pro', 'offline'],
    ]);
    expect(items.at(-1)).toMatchObject({ now: of(0, 0, 0), peak: of(0, 0, 0) });
  });

  test('is nothing for who has nothing, whatever model they name', async () => {
    const learner = await asGuest(services.url());
    await services.first.services.billing.consumption.consume(learner.login.user.id, {
      ...{ amount: (await learner.balance()).available, reason: '朗读', idempotencyKey: 'all' },
    });
    const { id } = await learner.openSession();
    for (const model of [undefined, 'deepseek-v4-pro']) {
      const asked = model === undefined ? {} : { model };
      const { message } = await learner.askWhole(id, '「学而时习之」怎么讲？', asked);
      expect(message).toMatchObject({ status: 'complete', usage: { model: 'offline', cost: 0 } });
    }
    const { quota } = await learner.balance();
    expect(quota.dailyRequests.used).toBe(2);
  });
});
