import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, asLearner, type Learner, register } from '../support/service-client.ts';
import { describeInBothModes, inOneMode } from '../support/service-space.ts';
import { type SeveralServices, startSeveral } from '../support/several-services.ts';
import { transactIn } from '../support/transact-in.ts';

jest.setTimeout(60_000);

const GRANT = 20_000;

describeInBothModes('spending tokens on a service', (mode) => {
  let services: SeveralServices;
  let learner: Learner;
  beforeAll(async () => {
    services = await startSeveral(mode, {
      SIGNUP_GRANT_TOKENS: String(GRANT),
      GUEST_GRANT_TOKENS: '500',
    });
  });
  beforeEach(async () => {
    learner = await register(services.url());
  });
  afterAll(() => services.dispose());

  const consume = (body: object, key: string | undefined, who = learner) =>
    asLearner(services.url(), who.login).post(
      '/api/billing/consume',
      body,
      key === undefined ? {} : { 'idempotency-key': key },
    );
  const spent = async (who = learner) => {
    const reply = await who.get('/api/billing/transactions?type=consume&limit=100');
    return reply.data(contract.pageOf(contract.transaction)).items;
  };

  test('takes what it says and tells what is left', async () => {
    const body = { amount: 700, reason: '  朗读《论语》  ' };
    const { transaction, balance } = (await consume(body, 'a')).data(contract.posting);
    expect(transaction).toMatchObject({
      ...{ type: 'consume', amount: -700, balanceAfter: GRANT - 700 },
      ...{ reason: '朗读《论语》', messageId: null },
    });
    expect(balance).toBe(GRANT - 700);
    expect(await learner.balance()).toMatchObject({ balance: GRANT - 700, held: 0 });
    expect(await spent()).toEqual([transaction]);
  });

  test('is open to guests', async () => {
    const guest = await asGuest(services.url());
    const body = { amount: 500, reason: '朗读' };
    expect((await consume(body, 'a', guest)).data(contract.posting).balance).toBe(0);
  });

  test('the same key and body get the same reply and take once, whenever and wherever', async () => {
    const body = { amount: 5, reason: '朗读' };
    const key = randomUUID();
    const first = (await consume(body, key)).data(contract.posting);
    await consume({ amount: 7, reason: '另一件事' }, randomUUID());
    // A day later nothing is kept of the key but what the ledger holds.
    await services.first.platform.database.knex('idempotency_keys').delete();
    for (let n = 0; n < 3; n += 1) {
      expect((await consume(body, key)).data(contract.posting)).toEqual(first);
    }
    expect(await spent()).toHaveLength(2);
    expect((await learner.balance()).balance).toBe(GRANT - 12);
  });

  test('twenty at once with one key take once, and all get the same reply', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => consume({ amount: 3, reason: '朗读' }, 'once')),
    );
    const postings = replies.map((reply) => reply.data(contract.posting));
    for (const each of postings) expect(each).toEqual(postings[0]);
    expect(await spent()).toHaveLength(1);
  });

  test('the same key for something else is refused, and takes nothing', async () => {
    await consume({ amount: 5, reason: '朗读' }, 'key');
    for (const body of [
      { amount: 6, reason: '朗读' },
      { amount: 5, reason: '抄写' },
    ]) {
      const failure = (await consume(body, 'key')).failure();
      expect(failure).toMatchObject({ status: 409, error: 'idempotency_conflict' });
    }
    expect((await learner.balance()).balance).toBe(GRANT - 5);
  });

  test('two people may use the same key', async () => {
    const other = await register(services.url());
    await consume({ amount: 5, reason: '朗读' }, 'key');
    await consume({ amount: 9, reason: '抄写' }, 'key', other);
    expect((await learner.balance()).balance).toBe(GRANT - 5);
    expect((await other.balance()).balance).toBe(GRANT - 9);
  });

  test('without a key nothing is done', async () => {
    const failure = (await consume({ amount: 5, reason: '朗读' }, undefined)).failure();
    expect(failure).toMatchObject({ status: 400, error: 'invalid_input' });
    expect(failure.details?.[0]?.path).toBe('Idempotency-Key');
    expect(await spent()).toEqual([]);
  });

  test('who has too little loses nothing, and the key may be used when there is enough', async () => {
    const body = { amount: GRANT, reason: '全部' };
    await consume({ amount: 1, reason: '朗读' }, 'small');
    expect((await consume(body, 'all')).failure()).toMatchObject({
      ...{ status: 402, error: 'insufficient_balance' },
      message: expect.stringContaining(String(GRANT - 1)),
    });
    expect((await learner.balance()).balance).toBe(GRANT - 1);
    await services.first.services.stores.balances.credit(learner.login.user.id, 'grant', 1, '补');
    const all = (await consume(body, 'all')).data(contract.posting);
    expect(all.balance).toBe(0);
    expect((await consume(body, 'all')).data(contract.posting)).toEqual(all);
  });

  test('what is set aside for an answer cannot be spent', async () => {
    const userId = learner.login.user.id;
    const answer = { messageId: randomUUID(), model: 'deepseek-flash', promptTokens: 1_000 };
    const transact = transactIn(services.first);
    await transact(({ charges }) =>
      charges.reserve({ ...answer, userId, maxOutputTokens: 1_000, minOutputTokens: 1 }),
    );
    const { held, available } = await learner.balance();
    expect(held).toBeGreaterThan(0);
    const tooMuch = await consume({ amount: available + 1, reason: '朗读' }, 'a');
    expect(tooMuch.failure().status).toBe(402);
    const all = await consume({ amount: available, reason: '朗读' }, 'b');
    expect(all.data(contract.posting).balance).toBe(held);
    await transact(({ charges }) => charges.release(answer.messageId));
  });

  test('fifty at once on a balance for twenty: twenty are served, thirty told, none owes', async () => {
    const body = { amount: GRANT / 20, reason: '朗读' };
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, n) => consume(body, `parallel ${n}`)),
    );
    const served = replies.filter(({ status }) => status === 200);
    expect(served).toHaveLength(20);
    for (const reply of replies.filter((each) => !served.includes(each))) {
      expect(reply.failure()).toMatchObject({ status: 402, error: 'insufficient_balance' });
    }
    expect(await learner.balance()).toMatchObject({ balance: 0, held: 0, available: 0 });
    const after = served.map((reply) => reply.data(contract.posting).balance).sort((a, b) => a - b);
    expect(after).toEqual(Array.from({ length: 20 }, (_, n) => n * body.amount));
  });

  inOneMode(mode, () => {
    test.each<[string, object]>([
      ['nothing', {}],
      ['nought', { amount: 0, reason: '朗读' }],
      ['less than nothing', { amount: -5, reason: '朗读' }],
      ['half a token', { amount: 0.5, reason: '朗读' }],
      ['a number in letters', { amount: '5', reason: '朗读' }],
      ['too much at a time', { amount: 1_000_001, reason: '朗读' }],
      ['no reason', { amount: 5 }],
      ['an empty reason', { amount: 5, reason: '   ' }],
      ['a reason too long', { amount: 5, reason: '读'.repeat(201) }],
      ['a reason that cannot be stored', { amount: 5, reason: 'a\0b' }],
    ])('%s is refused', async (_, body) => {
      expect((await consume(body, 'bad')).failure()).toMatchObject({
        ...{ status: 400, error: 'invalid_input' },
      });
      expect((await learner.balance()).balance).toBe(GRANT);
    });
  });
});
