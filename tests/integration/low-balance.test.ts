import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { journals } from '../../backend/billing/ledger/journal.ts';
import type { WrittenMail } from '../../backend/billing/reports/billing-mail.ts';
import { createBillingMailService } from '../../backend/billing/reports/billing-mail-service.ts';
import { composeStores, createTransact } from '../../backend/compose-stores.ts';
import { jobCatalogue } from '../../backend/jobs.ts';
import { asAdmin, WITH_ADMIN } from '../support/administrator.ts';
import { holdTokens, priceOneForOne } from '../support/hold-tokens.ts';
import {
  forgetEverybody,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { type Learner, register } from '../support/service-client.ts';
import { describeInBothModes, describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = { content: '「学而不思则罔」是什么意思？' };

describeInBothModes('a balance is low', (mode) => {
  const LEAST = 2_500;
  const question = { model: 'one-for-one', promptTokens: LEAST - 500, outputTokens: 500 };
  const rule = { lowBalance: { tokens: 2_000, question } };
  let space: LedgerSpace;
  let transact: LedgerSpace['transact'];
  let sent: WrittenMail[];
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
    await priceOneForOne(space.database.knex);
    transact = createTransact(space.database.knex, rule);
  });
  beforeEach(async () => {
    await forgetEverybody(space);
    sent = [];
  });
  afterAll(() => space.dispose());

  const learnerWith = (tokens: number) => newLearner(space, tokens, { email_verified: true });
  const watch = (userId: string, needed?: number) =>
    transact(({ lowBalance }) => lowBalance.watch(userId, needed));
  const noted = async () =>
    (await space.database.knex('jobs').where({ kind: 'send-billing-mail' })).map(({ payload }) =>
      jobCatalogue['send-billing-mail'].payload.parse(payload),
    );
  async function deliverAll(): Promise<void> {
    const mails = createBillingMailService({
      ...{ stores: composeStores(space.database.knex, rule), transact },
      mails: { send: async (mail) => void sent.push(mail) },
      publicUrl: 'https://guoxue.example.org',
    });
    for (const mail of await noted()) await mails.deliver(mail);
  }

  test('when it does not bear a question any more, though it is above the setting', async () => {
    await watch(await learnerWith(LEAST));
    expect(await noted()).toEqual([]);
    await watch(await learnerWith(LEAST - 1));
    await deliverAll();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.text).toMatch(/可用的词元还有 2,499 个.*一般至少 2,500 个/);
  });

  test('by what is available, not by what is set aside for an answer', async () => {
    const userId = await learnerWith(5_000);
    await watch(userId);
    expect(await noted()).toEqual([]);
    await transact((stores) => holdTokens(stores, userId, randomUUID(), 3_000));
    await watch(userId);
    expect(await noted()).toHaveLength(1);
  });

  test('once more, if what was set aside had come back before the mail was written', async () => {
    const userId = await learnerWith(5_000);
    const messageId = randomUUID();
    await transact((stores) => holdTokens(stores, userId, messageId, 3_000));
    await watch(userId);
    await transact(({ charges }) => charges.release(messageId));
    await deliverAll();
    expect(sent).toEqual([]);
    const about = { userId, reference: randomUUID(), reason: '朗读' };
    await transact(({ ledger }) => ledger.post(journals.consume(4_000, about)));
    await watch(userId);
    expect(await noted()).toHaveLength(2);
    await deliverAll();
    expect(sent[0]?.text).toContain('还有 1,000 个');
  });

  test('for whoever was refused, whatever the usual question costs; once', async () => {
    const userId = await learnerWith(8_000);
    for (const _ of ['once', 'again']) await watch(userId, 9_000);
    expect(await noted()).toHaveLength(1);
    await deliverAll();
    expect(sent[0]?.text).toContain('还有 8,000 个');
  });

  test('never, where the setting is 0', async () => {
    const never = createTransact(space.database.knex, { lowBalance: { tokens: 0, question } });
    const userId = await learnerWith(1);
    await never(({ lowBalance }) => lowBalance.watch(userId, 9_000));
    expect(await noted()).toEqual([]);
  });
});

describeInOneMode('whoever has no tokens left is told by mail', (mode) => {
  const GRANT = 20_000;
  let tutor: TutorWithModel;
  let learner: Learner;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode, { ...WITH_ADMIN, SIGNUP_GRANT_TOKENS: String(GRANT) });
  });
  beforeEach(async () => {
    learner = await register(tutor.service.url);
    const { id } = learner.login.user;
    await knex()('users').where({ id }).update({ email_verified: true });
  });
  afterAll(() => tutor.dispose());

  const knex = () => tutor.service.platform.database.knex;
  const told = async () =>
    (await knex()('jobs').where({ kind: 'send-billing-mail' })).filter(
      ({ payload }) => payload.userId === learner.login.user.id,
    ).length;
  const spend = (amount: number) =>
    learner.post(
      '/api/billing/consume',
      { amount, reason: '朗读' },
      { 'idempotency-key': `spend ${amount}` },
    );
  /** Out of sight of what watches balances. */
  const leave = (tokens: number) =>
    knex()('balances').where({ user_id: learner.login.user.id }).update({ balance: tokens });

  test('by a service that is paid for', async () => {
    expect((await spend(10_000)).status).toBe(200);
    expect(await told()).toBe(0);
    expect((await spend(8_500)).status).toBe(200);
    expect((await spend(8_500)).status).toBe(200);
    expect(await told()).toBe(1);
  });

  test('when an administrator takes them', async () => {
    const admin = await asAdmin(tutor.service.url);
    const path = `/api/admin/users/${learner.login.user.id}/credit`;
    const credit = { amount: 1_500 - GRANT, reason: '收回' };
    expect((await admin.post(path, credit, { 'idempotency-key': randomUUID() })).status).toBe(200);
    expect(await told()).toBe(1);
  });

  test('when a question is refused, or to be answered again; and only once', async () => {
    const { id } = await learner.openSession();
    const { message } = await learner.askWhole(id, QUESTION.content);
    expect(await told()).toBe(0);
    const { balance } = await learner.balance();
    await leave(500);
    const path = `/api/sessions/${id}/messages`;
    const again = await learner.post(`${path}/${message.id}/regenerate`, {});
    expect(again.failure()).toMatchObject({ status: 402, error: 'insufficient_balance' });
    expect(await told()).toBe(1);
    expect((await learner.post(path, QUESTION)).status).toBe(402);
    expect(await told()).toBe(1);
    await leave(balance);
  });

  test('before the next question would be refused', async () => {
    const { id } = await learner.openSession();
    await leave(1);
    const refused = (await learner.post(`/api/sessions/${id}/messages`, QUESTION)).failure();
    const needed = Number(/预留 ([\d,]+) 个/.exec(refused.message)?.[1]?.replace(',', ''));
    await knex()('low_balance_notices').delete();
    await knex()('jobs').where({ kind: 'send-billing-mail' }).delete();
    await leave(GRANT);
    expect((await spend(GRANT - needed)).status).toBe(200);
    expect(needed).toBeGreaterThan(0);
    expect(await told()).toBe(1);
  });
});
