import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { asAdmin } from '../support/administrator.ts';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, asLearner, type Learner, register } from '../support/service-client.ts';
import { describeInBothModes } from '../support/service-space.ts';
import { type SeveralServices, startSeveral } from '../support/several-services.ts';

jest.setTimeout(60_000);

const GRANT = 20_000;

describeInBothModes('an administrator’s credit', (mode) => {
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

  const credit = (
    body: object,
    key: string | undefined = randomUUID(),
    userId = learner.login.user.id,
    by = admin,
  ) =>
    asLearner(services.url(), by.login).post(
      `/api/admin/users/${userId}/credit`,
      body,
      key === '' ? {} : { 'idempotency-key': key },
    );
  const audited = () =>
    services.first.platform.database
      .knex('audit_log')
      .where({ target_id: learner.login.user.id })
      .select('actor_id', 'action', 'target_type', 'detail', 'address');

  test('gives tokens, and says who gave them and why', async () => {
    const body = { amount: 5_000, reason: '读书会奖励' };
    const { transaction, balance } = (await credit(body)).data(contract.posting);
    expect(transaction).toMatchObject({ type: 'grant', amount: 5_000, reason: '读书会奖励' });
    expect(balance).toBe(GRANT + 5_000);
    expect((await learner.balance()).balance).toBe(GRANT + 5_000);
    expect(await audited()).toEqual([
      {
        ...{ actor_id: admin.login.user.id, action: 'user.credit', target_type: 'user' },
        detail: { ...body, transactionId: transaction.id },
        address: '127.0.0.1',
      },
    ]);
  });

  test('takes tokens back, at most what is available', async () => {
    const taken = (await credit({ amount: -5_000, reason: '误发收回' })).data(contract.posting);
    expect(taken).toMatchObject({
      transaction: { type: 'adjust', amount: -5_000 },
      balance: GRANT - 5_000,
    });
    const tooMuch = await credit({ amount: -(GRANT - 4_999), reason: '误发收回' });
    expect(tooMuch.failure()).toMatchObject({
      ...{
        status: 409,
        error: 'conflict',
        message: expect.stringContaining(String(GRANT - 5_000)),
      },
    });
    expect((await learner.balance()).balance).toBe(GRANT - 5_000);
    const rest = await credit({ amount: -(GRANT - 5_000), reason: '误发收回' });
    expect(rest.data(contract.posting).balance).toBe(0);
    expect(await audited()).toHaveLength(2);
  });

  test('is given once for a key, however often and wherever it is asked', async () => {
    const body = { amount: 100, reason: '奖励' };
    const replies = await Promise.all(Array.from({ length: 10 }, () => credit(body, 'once')));
    const postings = replies.map((reply) => reply.data(contract.posting));
    for (const each of postings) expect(each).toEqual(postings[0]);
    expect((await learner.balance()).balance).toBe(GRANT + 100);
    expect(await audited()).toHaveLength(1);
  });

  test('one key is one credit: not for another amount, direction, reason or person', async () => {
    const key = randomUUID();
    const other = await register(services.url());
    await credit({ amount: 100, reason: '奖励' }, key);
    const others: [object, string | undefined][] = [
      [{ amount: 101, reason: '奖励' }, undefined],
      [{ amount: -100, reason: '奖励' }, undefined],
      [{ amount: 100, reason: '另一个' }, undefined],
      [{ amount: 100, reason: '奖励' }, other.login.user.id],
    ];
    for (const [body, userId] of others) {
      const failure = (await credit(body, key, userId)).failure();
      expect(failure).toMatchObject({ status: 409, error: 'idempotency_conflict' });
    }
    expect((await learner.balance()).balance).toBe(GRANT + 100);
    expect((await other.balance()).balance).toBe(GRANT);
  });

  test('of one key used for many people and both ways at once, one is done', async () => {
    const learners = await Promise.all(Array.from({ length: 6 }, () => register(services.url())));
    const replies = await Promise.all(
      learners.map(({ login }, n) =>
        credit({ amount: n % 2 === 0 ? 10 : -10, reason: '奖励' }, 'race', login.user.id),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    const balances = await Promise.all(
      learners.map(async (each) => (await each.balance()).balance),
    );
    expect(balances.filter((balance) => balance !== GRANT)).toHaveLength(1);
  });

  test('is refused without a key, for nothing, for nobody', async () => {
    const body = { amount: 100, reason: '奖励' };
    expect((await credit(body, '')).failure().status).toBe(400);
    for (const bad of [
      { amount: 0, reason: '奖励' },
      { amount: 1.5, reason: '奖励' },
      { amount: 1_000_000_001, reason: '奖励' },
      { amount: 100, reason: '' },
      { amount: 100 },
    ]) {
      expect((await credit(bad)).failure()).toMatchObject({ status: 400, error: 'invalid_input' });
    }
    expect((await credit(body, 'nobody', randomUUID())).failure().status).toBe(404);
    expect((await credit(body, 'no id', 'x')).failure().status).toBe(400);
    expect(await audited()).toEqual([]);
  });

  test('is not given to an account that became part of another, nor to an erased one', async () => {
    const { knex } = services.first.platform.database;
    const other = await register(services.url());
    const gone = [
      { merged_into: other.login.user.id, disabled_at: new Date() },
      { merged_into: null, erased_at: new Date() },
    ];
    for (const change of gone) {
      await knex('users').where({ id: learner.login.user.id }).update(change);
      for (const amount of [100, -100]) {
        const refused = (await credit({ amount, reason: '奖励' })).failure();
        expect(refused).toMatchObject({ status: 404, error: 'not_found' });
      }
    }
    const booked = await knex('ledger_journals').where({ user_id: learner.login.user.id });
    expect(booked.map(({ kind, amount }) => [kind, Number(amount)])).toEqual([['grant', GRANT]]);
    expect(await audited()).toEqual([]);
    expect((await other.balance()).balance).toBe(GRANT);
  });

  test('is given by administrators only', async () => {
    const body = { amount: 100, reason: '给自己' };
    for (const by of [learner, await asGuest(services.url())]) {
      expect((await credit(body, 'x', undefined, by)).failure().status).toBe(403);
    }
    expect((await learner.balance()).balance).toBe(GRANT);
  });
});
