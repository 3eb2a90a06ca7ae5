import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { asAdmin } from '../support/administrator.ts';
import { asLearner, type Learner, register, visit } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { type SeveralServices, startSeveral } from '../support/several-services.ts';

jest.setTimeout(60_000);

const offer = z.strictObject({
  id: z.guid(),
  title: z.string(),
  tokens: z.int(),
  amountFen: z.int(),
  plan: z.enum(['vip']).nullable(),
  planDays: z.int().nullable(),
});
const administered = offer.extend({
  position: z.int(),
  retiredAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
const itemsOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

const NEW = { title: '小试', tokens: 50_000, amountFen: 100, position: 9 };

describeInOneMode('what can be bought', (mode) => {
  let services: SeveralServices;
  let admin: Learner;
  beforeAll(async () => {
    services = await startSeveral(mode);
    admin = await asAdmin(services.url());
  });
  afterAll(() => services.dispose());

  const call = (method: string, path: string, body?: object, key?: string) =>
    asLearner(services.url(), admin.login).call(
      method,
      `/api/admin/packages${path}`,
      body,
      key === undefined ? {} : { 'idempotency-key': key },
    );
  const onSale = async () =>
    (await visit(services.url()).get('/api/billing/packages')).data(itemsOf(offer)).items;
  const add = async (body: object = NEW) => (await call('POST', '', body)).data(administered, 201);
  const deedsOn = (id: string) =>
    services.first.platform.database.knex('audit_log').where({ target_id: id }).orderBy('at');

  test('is open to visitors, in the order it is meant to be shown', async () => {
    const items = await onSale();
    expect(items.map(({ title }) => title).slice(0, 4)).toEqual([
      '初学',
      '勤学',
      '会员一月',
      '博学',
    ]);
    expect(items[2]).toMatchObject({ plan: 'vip', planDays: 31, amountFen: 3_000 });
  });

  test('grows by what an administrator adds, recorded', async () => {
    const added = await add();
    expect(added).toMatchObject({ ...NEW, plan: null, planDays: null, retiredAt: null });
    expect(await onSale()).toContainEqual(offer.strip().parse(added));
    expect(await deedsOn(added.id)).toEqual([
      expect.objectContaining({
        ...{ action: 'package.add', actor_id: admin.login.user.id },
        detail: { ...NEW, plan: null, planDays: null },
      }),
    ]);
  });

  test('is changed for those who buy later, and the change recorded', async () => {
    const { id } = await add();
    const change = { amountFen: 200, plan: 'vip', planDays: 7 };
    const changed = (await call('PATCH', `/${id}`, change)).data(administered);
    expect(changed).toMatchObject({ ...NEW, ...change });
    expect(await onSale()).toContainEqual(offer.strip().parse(changed));
    const [, deed] = await deedsOn(id);
    expect(deed).toMatchObject({
      action: 'package.change',
      detail: { amountFen: { from: 100, to: 200 }, plan: { from: null, to: 'vip' } },
    });
    expect((await call('PATCH', `/${id}`, change)).data(administered)).toEqual(changed);
    expect(await deedsOn(id)).toHaveLength(2);
  });

  test('is retired and sold again, never deleted', async () => {
    const { id } = await add();
    const retired = (await call('PATCH', `/${id}`, { retired: true })).data(administered);
    expect(retired.retiredAt).not.toBeNull();
    expect((await onSale()).map((each) => each.id)).not.toContain(id);
    const all = (await call('GET', '')).data(itemsOf(administered)).items;
    expect(all).toContainEqual(retired);
    expect((await call('PATCH', `/${id}`, { retired: true })).data(administered)).toEqual(retired);
    await call('PATCH', `/${id}`, { retired: false });
    expect((await onSale()).map((each) => each.id)).toContain(id);
    expect((await call('DELETE', `/${id}`)).status).toBe(404);
  });

  test('is added once for a key', async () => {
    const key = randomUUID();
    const title = `一次 ${key.slice(0, 8)}`;
    const replies = await Promise.all(
      [1, 2, 3].map(() => call('POST', '', { ...NEW, title }, key)),
    );
    const ids = replies.map((reply) => reply.data(administered, 201).id);
    expect(new Set(ids).size).toBe(1);
    expect((await onSale()).filter((each) => each.title === title)).toHaveLength(1);
    const [id = ''] = ids;
    await call('PATCH', `/${id}`, { title: `${title} 改` });
    const again = await call('POST', '', { ...NEW, title }, key);
    expect(again.data(administered, 201)).toMatchObject({ id, title });
    expect((await call('POST', '', { ...NEW, title, position: 8 }, key)).failure()).toMatchObject({
      ...{ status: 409, error: 'idempotency_conflict' },
    });
  });

  test.each<[string, object]>([
    ['without a title', { ...NEW, title: ' ' }],
    ['without tokens', { ...NEW, tokens: 0 }],
    ['for nothing', { ...NEW, amountFen: 0 }],
    ['for half a fen', { ...NEW, amountFen: 0.5 }],
    ['with an unknown plan', { ...NEW, plan: 'gold', planDays: 3 }],
    ['with a plan for no time', { ...NEW, plan: 'vip' }],
    ['with days of no plan', { ...NEW, planDays: 3 }],
  ])('is not added %s', async (_, body) => {
    expect((await call('POST', '', body)).failure()).toMatchObject({
      ...{ status: 400, error: 'invalid_input' },
    });
  });

  test('is not changed into half a plan, nor into nothing at all', async () => {
    const { id } = await add();
    for (const body of [{ plan: 'vip' }, { planDays: 3 }, {}, { tokens: -1 }]) {
      expect((await call('PATCH', `/${id}`, body)).failure().status).toBe(400);
    }
    expect((await call('PATCH', `/${randomUUID()}`, { position: 1 })).failure().status).toBe(404);
  });

  test('is an administrator’s business', async () => {
    const learner = await register(services.url());
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['PATCH', `/${randomUUID()}`],
    ] as const) {
      const body = method === 'GET' ? undefined : NEW;
      const reply = await learner.call(method, `/api/admin/packages${path}`, body);
      expect(reply.failure().status).toBe(403);
    }
  });
});
