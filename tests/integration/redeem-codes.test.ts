import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { newRedeemCode } from '../../backend/billing/redeem/redeem-code.ts';
import { asAdmin } from '../support/administrator.ts';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, asLearner, type Learner, register } from '../support/service-client.ts';
import { describeInBothModes, describeInOneMode, inOneMode } from '../support/service-space.ts';
import { type SeveralServices, startSeveral } from '../support/several-services.ts';

jest.setTimeout(60_000);

const GRANT = 20_000;
const VALUE = 5_000;

const time = z.iso.datetime();
const batch = z.strictObject({
  ...{ id: z.guid(), note: z.string(), count: z.int(), redeemed: z.int(), tokens: z.int() },
  ...{ expiresAt: time.nullable(), revokedAt: time.nullable(), createdAt: time },
});
const issued = z.strictObject({ batch, codes: z.array(z.string()) });
const recharged = z.object({
  order: z.object({
    ...{ id: z.guid(), status: z.enum(['pending', 'paid', 'closed', 'refunded']) },
    ...{ amountFen: z.int(), tokens: z.int(), expiresAt: time },
  }),
  payment: z.strictObject({}),
});

describeInBothModes('redeem codes', (mode) => {
  let services: SeveralServices;
  let admin: Learner;
  let learner: Learner;
  beforeAll(async () => {
    services = await startSeveral(mode, { SIGNUP_GRANT_TOKENS: String(GRANT) });
    admin = await asAdmin(services.url());
  });
  beforeEach(async () => {
    learner = await register(services.url());
  });
  afterAll(() => services.dispose());

  const knex = () => services.first.platform.database.knex;
  const anywhere = (who: Learner) => asLearner(services.url(), who.login);
  const issue = (body: object = {}, key?: string) =>
    anywhere(admin).post(
      '/api/admin/redeem-codes',
      { count: 1, tokens: VALUE, ...body },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  const oneCode = async (body: object = {}) => {
    const { batch, codes } = (await issue(body)).data(issued, 201);
    return { batchId: batch.id, code: codes[0] ?? '' };
  };
  const redeem = (redeemCode: string, who = learner, key: string = randomUUID()) =>
    anywhere(who).post(
      '/api/billing/recharge',
      { channel: 'redeem_code', redeemCode },
      { 'idempotency-key': key },
    );
  const balanceOf = async (who = learner) => (await who.balance()).balance;

  test('are made by the batch, shown once, and kept as hashes only', async () => {
    const reply = await issue({ count: 3, note: '开学' }, 'kept');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const { batch, codes } = reply.data(issued, 201);
    expect(batch).toMatchObject({ count: 3, redeemed: 0, tokens: VALUE, note: '开学' });
    expect(new Set(codes).size).toBe(3);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-Z]{4}$/);
    for (const table of ['redeem_codes', 'redeem_batches', 'audit_log', 'idempotency_keys']) {
      const text = JSON.stringify(await knex()(table));
      for (const code of codes) {
        expect(text).not.toContain(code.slice(0, 9));
        expect(text).not.toContain(code.replaceAll('-', '').slice(0, 8));
      }
    }
    const [deed] = await knex()('audit_log').where({ target_id: batch.id });
    expect(deed).toMatchObject({
      ...{ action: 'redeem_batch.issue', actor_id: admin.login.user.id },
      detail: { count: 3, tokens: VALUE, note: '开学', expiresAt: null },
    });
  });

  test('are made once for a key, and shown again for it', async () => {
    const key = randomUUID();
    const replies = await Promise.all([1, 2, 3].map(() => issue({ count: 2 }, key)));
    const batches = replies.map((reply) => reply.data(issued, 201));
    for (const each of batches) expect(each).toEqual(batches[0]);
    expect((await issue({ count: 3 }, key)).failure()).toMatchObject({
      ...{ status: 409, error: 'idempotency_conflict' },
    });
    const rows = await knex()('redeem_codes').where({ batch_id: batches[0]?.batch.id });
    expect(rows).toHaveLength(2);
  });

  test('credit what they are worth, with an order that says so', async () => {
    const { code, batchId } = await oneCode();
    const { order } = (await redeem(code)).data(recharged, 201);
    expect(order).toMatchObject({ status: 'paid', amountFen: 0, tokens: VALUE });
    expect(await balanceOf()).toBe(GRANT + VALUE);
    const page = await learner.get('/api/billing/transactions?type=recharge');
    expect(page.data(contract.pageOf(contract.transaction)).items).toEqual([
      expect.objectContaining({ amount: VALUE, reason: '兑换码充值' }),
    ]);
    expect(await knex()('orders').where({ user_id: learner.login.user.id })).toEqual([
      expect.objectContaining({ id: order.id, channel: 'redeem_code', status: 'paid' }),
    ]);
    const list = (await admin.get('/api/admin/redeem-batches')).data(contract.pageOf(batch));
    expect(list.items.find(({ id }) => id === batchId)).toMatchObject({ count: 1, redeemed: 1 });
  });

  test('may be typed as people type', async () => {
    const { code } = await oneCode();
    const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')} `;
    expect((await redeem(typed)).status).toBe(201);
  });

  test('with the same key give the same reply and credit once', async () => {
    const { code } = await oneCode();
    const replies = await Promise.all([1, 2, 3, 4].map(() => redeem(code, learner, 'once')));
    const orders = replies.map((reply) => reply.data(recharged, 201));
    for (const each of orders) expect(each).toEqual(orders[0]);
    expect(await balanceOf()).toBe(GRANT + VALUE);
  });

  test('are told of again to whoever lost the reply, even if it was never kept', async () => {
    const { code } = await oneCode();
    const first = (await redeem(code, learner, 'lost')).data(recharged, 201);
    await knex()('idempotency_keys').where({ user_id: learner.login.user.id }).delete();
    expect((await redeem(code, learner, 'lost')).data(recharged, 201)).toEqual(first);
    expect(await balanceOf()).toBe(GRANT + VALUE);
  });

  test('are used once, also by those who used them', async () => {
    const { code } = await oneCode();
    await redeem(code);
    const other = await register(services.url());
    for (const who of [learner, other]) {
      const failure = (await redeem(code, who)).failure();
      expect(failure).toMatchObject({ status: 409, error: 'conflict' });
      expect(failure.message).toContain('用过');
    }
    expect(await balanceOf(other)).toBe(GRANT);
  });

  test('are used by one of thirty who try at once', async () => {
    const { code } = await oneCode();
    const others = await Promise.all([1, 2, 3, 4, 5].map(() => register(services.url())));
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, n) => redeem(code, others[n % others.length])),
    );
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(29);
    const balances = await Promise.all(others.map(balanceOf));
    expect(balances.reduce((sum, each) => sum + each, 0)).toBe(others.length * GRANT + VALUE);
  });

  test('with a typing mistake are told from codes that nobody made', async () => {
    const { code } = await oneCode();
    const last = code.endsWith('7') ? '8' : '7';
    const typo = (await redeem(code.slice(0, -1) + last)).failure();
    expect(typo).toMatchObject({
      ...{ status: 400, error: 'invalid_input', details: [{ path: 'redeemCode' }] },
    });
    expect((await redeem(newRedeemCode())).failure()).toMatchObject({
      ...{ status: 404, error: 'not_found' },
    });
    expect((await redeem(code)).status).toBe(201);
  });

  test('are worth nothing once they are revoked, which is recorded and can be done again', async () => {
    const { batch, codes } = (await issue({ count: 2 })).data(issued, 201);
    const [used = '', unused = ''] = codes;
    await redeem(used);
    const revoke = async () => {
      const path = `/api/admin/redeem-batches/${batch.id}/revoke`;
      return (await anywhere(admin).post(path)).data(z.looseObject({ revokedAt: time }));
    };
    const revoked = await revoke();
    expect(await revoke()).toEqual(revoked);
    const failure = (await redeem(unused)).failure();
    expect(failure).toMatchObject({ status: 409, error: 'conflict' });
    expect(failure.message).toContain('作废');
    expect(await balanceOf()).toBe(GRANT + VALUE);
    const deeds = await knex()('audit_log').where({ action: 'redeem_batch.revoke' });
    expect(deeds).toEqual([
      expect.objectContaining({ target_id: batch.id, detail: { unused: 1 } }),
    ]);
    const nobody = `/api/admin/redeem-batches/${randomUUID()}/revoke`;
    expect((await admin.post(nobody)).failure().status).toBe(404);
  });

  test('are worth nothing once they have expired', async () => {
    const { code, batchId } = await oneCode({ expiresAt: '2999-01-01T08:00:00+08:00' });
    await knex()('redeem_batches').where({ id: batchId }).update({ expires_at: new Date() });
    const failure = (await redeem(code)).failure();
    expect(failure).toMatchObject({ status: 409, error: 'conflict' });
    expect(failure.message).toContain('过期');
  });

  inOneMode(mode, () => {
    test.each<[string, object]>([
      ['in no number', { count: 0 }],
      ['by more than a thousand', { count: 1001 }],
      ['worth nothing', { tokens: 0 }],
      ['that have expired already', { expiresAt: '2020-01-01T00:00:00Z' }],
      ['with a note too long', { note: '长'.repeat(201) }],
    ])('are not made %s', async (_, body) => {
      expect((await issue(body)).failure()).toMatchObject({ status: 400, error: 'invalid_input' });
    });
  });

  test('a thousand are made at once', async () => {
    const { codes } = (await issue({ count: 1000 })).data(issued, 201);
    expect(new Set(codes).size).toBe(1000);
    expect((await redeem(codes[999] ?? '')).status).toBe(201);
  });

  test('are for accounts, and made by administrators', async () => {
    const { code } = await oneCode();
    const guest = await asGuest(services.url());
    expect((await redeem(code, guest)).failure().status).toBe(403);
    const made = await learner.post('/api/admin/redeem-codes', { count: 1, tokens: VALUE });
    expect(made.failure().status).toBe(403);
    expect((await learner.get('/api/admin/redeem-batches')).failure().status).toBe(403);
  });
});

describeInOneMode('guessing redeem codes', (mode) => {
  let services: SeveralServices;
  let admin: Learner;
  beforeAll(async () => {
    services = await startSeveral(mode, { RATE_LIMIT_DISABLED: '0' });
    admin = await asAdmin(services.url());
  });
  afterAll(() => services.dispose());

  const redeem = (who: Learner, redeemCode: string) =>
    asLearner(services.url(), who.login).post('/api/billing/recharge', {
      ...{ channel: 'redeem_code', redeemCode },
    });
  async function issue(count: number): Promise<string[]> {
    const body = { count, tokens: VALUE };
    return (await admin.post('/api/admin/redeem-codes', body)).data(issued, 201).codes;
  }

  test('ends after ten, for the one who guesses; slips of the pen are free', async () => {
    const codes = await issue(2);
    const [guesser, honest] = [await register(services.url()), await register(services.url())];
    for (let n = 0; n < 15; n += 1) expect((await redeem(guesser, '错')).status).toBe(400);
    for (let n = 0; n < 10; n += 1) {
      expect((await redeem(guesser, newRedeemCode())).status).toBe(404);
    }
    for (const code of [newRedeemCode(), codes[0] ?? '']) {
      const refused = await redeem(guesser, code);
      expect(refused.failure()).toMatchObject({ status: 429, error: 'rate_limited' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await redeem(honest, codes[1] ?? '')).status).toBe(201);
  });

  test('ends after ten also when all are made at once', async () => {
    const guesser = await register(services.url());
    const replies = await Promise.all(
      Array.from({ length: 60 }, () => redeem(guesser, newRedeemCode())),
    );
    const count = (wanted: number) => replies.filter(({ status }) => status === wanted).length;
    expect([count(404), count(429)]).toEqual([10, 50]);
  });

  test('is not what somebody does whose codes are real, used ones or new', async () => {
    const honest = await register(services.url());
    const codes = await issue(12);
    for (const code of codes) expect((await redeem(honest, code)).status).toBe(201);
    for (const code of codes) expect((await redeem(honest, code)).status).toBe(409);
    expect((await redeem(honest, newRedeemCode())).status).toBe(404);
  });
});
