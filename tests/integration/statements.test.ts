import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { type Journal, journals } from '../../backend/billing/ledger/journal.ts';
import type { WrittenMail } from '../../backend/billing/reports/billing-mail.ts';
import { createBillingMailService } from '../../backend/billing/reports/billing-mail-service.ts';
import { createAnswerFinishing } from '../../backend/chat/answer-finishing.ts';
import { composeStores, createTransact } from '../../backend/compose-stores.ts';
import { jobCatalogue } from '../../backend/jobs.ts';
import {
  forgetEverybody,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { describeInBothModes } from '../support/service-space.ts';

jest.setTimeout(120_000);

/** The first of December in Beijing, in the morning. */
const NOW = new Date('2026-12-01T01:00:00Z');
const RULE = { lowBalance: { tokens: 2_000 } };

describeInBothModes('mails about a balance', (mode) => {
  let space: LedgerSpace;
  let sent: WrittenMail[];
  let mails: ReturnType<typeof createBillingMailService>;
  let transact: LedgerSpace['transact'];
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
  });
  beforeEach(async () => {
    await forgetEverybody(space);
    sent = [];
    transact = createTransact(space.database.knex, RULE);
    mails = createBillingMailService({
      ...{ stores: composeStores(space.database.knex, RULE), transact },
      // Only where the mails leave the program; what it says and to whom is under test.
      mails: { send: async (mail) => void sent.push(mail) },
      publicUrl: 'https://guoxue.example.org',
    });
  });
  afterAll(() => space.dispose());

  const verified = { email_verified: true };

  /** A journal of some time ago. */
  async function post(journal: Journal, at: string): Promise<void> {
    await space.transact(async ({ ledger }) => {
      await ledger.lock(journal.userId);
      await ledger.post(journal);
    });
    const { knex } = space.database;
    await knex.raw('alter table ledger_journals disable trigger user');
    await knex('ledger_journals')
      .where({ kind: journal.kind, reference: journal.reference })
      .update({ created_at: at });
    await knex.raw('alter table ledger_journals enable trigger user');
  }

  const about = (userId: string) => ({ userId, reference: randomUUID(), reason: '测试' });

  async function learnerWhoPaid(more: Record<string, unknown> = verified): Promise<string> {
    const userId = await newLearner(space, 0, more);
    await post(journals.grant(20_000, about(userId)), '2026-10-31T15:59:59Z');
    await post(journals.recharge(5_000, about(userId)), '2026-10-31T16:00:00Z');
    await post(journals.consume(1_200, about(userId)), '2026-11-15T00:00:00Z');
    await post(journals.consume(34, about(userId)), '2026-11-30T15:59:59Z');
    await post(journals.consume(500, about(userId)), '2026-11-30T16:00:00Z');
    return userId;
  }

  async function deliverAll(): Promise<void> {
    const rows = await space.database.knex('jobs').where({ kind: 'send-billing-mail' });
    for (const { payload } of rows) {
      await mails.deliver(jobCatalogue['send-billing-mail'].payload.parse(payload));
    }
  }

  test('a statement tells the month before, once, however often it is asked for', async () => {
    const userId = await learnerWhoPaid();
    await Promise.all([1, 2, 3].map(() => mails.requestStatements(undefined, NOW)));
    expect(await mails.requestStatements(undefined, NOW)).toBe(0);
    await deliverAll();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      ...{ to: `${userId}@example.org`, subject: '2026 年 11 月词元账单' },
    });
    const lines = ['月初余额：20,000', '充值：+5,000', '提问与服务：−1,234', '月末余额：23,766'];
    expect(sent[0]?.text).toContain(lines.join('\n'));
    const january = new Date('2027-01-01T01:00:00Z');
    expect(await mails.requestStatements(undefined, january)).toBe(1);
  });

  test('goes to all who used something, and to nobody who did not or cannot be reached', async () => {
    const reached = [await learnerWhoPaid(), await learnerWhoPaid()];
    await newLearner(space, 500, verified);
    await learnerWhoPaid({ email_verified: false });
    await learnerWhoPaid({ ...verified, billing_mails: false });
    await learnerWhoPaid({ ...verified, disabled_at: NOW });
    await learnerWhoPaid({ ...verified, closing_at: NOW });
    await learnerWhoPaid({ email: null, role: 'guest' });
    expect(await mails.requestStatements(undefined, NOW)).toBe(2);
    await deliverAll();
    expect(new Set(sent.map(({ to }) => to))).toEqual(
      new Set(reached.map((id) => `${id}@example.org`)),
    );
  });

  test('is not sent to whoever wants it no more by the time it is', async () => {
    const userId = await learnerWhoPaid();
    await mails.requestStatements(undefined, NOW);
    await space.stores.statements.setWantsMails(userId, false);
    await deliverAll();
    expect(sent).toEqual([]);
  });

  test('more are asked for than fit into one transaction', async () => {
    const rows = Array.from({ length: 450 }, () => randomUUID());
    const { knex } = space.database;
    const user = { nickname: '学生', role: 'learner', email_verified: true };
    await knex.batchInsert(
      'users',
      rows.map((id) => ({ ...user, id, email: `${id}@example.org` })),
    );
    await knex.batchInsert(
      'balances',
      rows.map((user_id) => ({ user_id, balance: 0 })),
    );
    await knex.batchInsert(
      'ledger_journals',
      rows.map((user_id) => ({
        ...{ id: randomUUID(), kind: 'consume', reference: user_id, user_id, amount: -1 },
        ...{ balance_after: 0, reason: '测试', created_at: '2026-11-10T00:00:00Z' },
      })),
    );
    expect(await mails.requestStatements(undefined, NOW)).toBe(450);
    const [count] = await knex('jobs').where({ kind: 'send-billing-mail' }).count({ count: '*' });
    expect(Number(count?.count)).toBe(450);
  });

  describe('when a balance runs low', () => {
    async function answer(userId: string): Promise<void> {
      const finish = createAnswerFinishing(transact, {
        ...{ usualModel: 'deepseek-flash', countTokens: (text) => text.length },
      });
      const session = { id: randomUUID(), userId, title: '对话', mode: 'qa' as const };
      await space.stores.sessions.insert({ ...session, titleOrigin: 'learner' });
      const [messageId, sessionId] = [randomUUID(), session.id];
      const question = { userId, messageId, model: 'deepseek-flash', promptTokens: 100 };
      await space.transact(({ charges }) =>
        charges.reserve({ ...question, maxOutputTokens: 300, minOutputTokens: 1 }),
      );
      const { messages } = space.stores;
      const asked = { id: randomUUID(), sessionId, position: 1, content: '问' };
      const userMessage = await messages.insertQuestion(asked);
      const lease = { owner: 'test', leaseUntil: new Date() };
      const message = await messages.insertAnswer({
        id: messageId,
        sessionId,
        position: 2,
        questionId: userMessage.id,
        ...lease,
        ...{ model: 'deepseek-flash', promptVersion: 1 },
      });
      const options = { mode: session.mode, thinking: false, maxOutputTokens: 300 };
      const usage = { promptTokens: 100, cachedTokens: 0, completionTokens: 10 };
      await finish(
        { userId, userMessage, answer: message, history: [], options } as never,
        { status: 'complete', content: '答', citations: [], quotes: [] },
        { usage: { model: 'deepseek-flash', ...usage }, promptTokens: 100, thinking: '' },
      );
    }

    const noticed = async () =>
      (await space.database.knex('jobs').where({ kind: 'send-billing-mail' })).length;

    test('its owner is told once, and once more after tokens came in and went', async () => {
      const userId = await newLearner(space, 3_000, verified);
      await answer(userId);
      expect(await noticed()).toBe(0);
      const take = (amount: number) =>
        space.transact(({ ledger }) => ledger.post(journals.consume(amount, about(userId))));
      await take(1_200);
      for (let n = 0; n < 3; n += 1) await answer(userId);
      expect(await noticed()).toBe(1);
      await deliverAll();
      expect(sent).toHaveLength(1);
      const { balance } = await space.stores.ledger.read(userId);
      expect(sent[0]).toMatchObject({ to: `${userId}@example.org`, kind: 'low-balance' });
      expect(sent[0]?.text).toContain(balance.toLocaleString('en'));
      await space.transact(({ ledger }) => ledger.post(journals.recharge(5_000, about(userId))));
      await answer(userId);
      expect(await noticed()).toBe(1);
      await take(5_000);
      await Promise.all([answer(userId), answer(userId)]);
      expect(await noticed()).toBe(2);
    });

    test('nothing is sent to whoever has recharged meanwhile', async () => {
      const userId = await newLearner(space, 1_500, verified);
      await answer(userId);
      expect(await noticed()).toBe(1);
      await space.transact(({ ledger }) => ledger.post(journals.recharge(5_000, about(userId))));
      await deliverAll();
      expect(sent).toEqual([]);
    });

    test('nobody is told at an address that is not confirmed', async () => {
      const userId = await newLearner(space, 1_500);
      await answer(userId);
      expect(await noticed()).toBe(0);
    });
  });
});
