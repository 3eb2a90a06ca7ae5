import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import type { DeepSeekBehaviour } from '../support/deepseek-completion.ts';
import { dataOf, orderOf, textOf } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { errorsIn } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const GRANT = 1_000_000;
const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]';
/** A provider that asks for so long a pause is not asked again. */
const COME_BACK_LATER = { 'retry-after': '3600' };

describeInOneMode('paying for an answer', (mode) => {
  let tutor: TutorWithModel;
  let learner: Learner;
  let sessionId: string;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
  });
  beforeEach(async () => {
    learner = await asGuest(tutor.service.url);
    sessionId = (await learner.openSession()).id;
    tutor.model.requests.length = 0;
    tutor.service.log.length = 0;
  });
  afterAll(() => tutor.dispose());

  const consumed = async () => {
    const page = (await learner.get('/api/billing/transactions')).data(
      contract.pageOf(contract.transaction),
    );
    return page.items.filter(({ type }) => type === 'consume');
  };
  const setBalance = (balance: number) =>
    tutor.service.platform.database
      .knex('balances')
      .where({ user_id: learner.login.user.id })
      .update({ balance });
  const expectNothingTaken = async () => {
    expect(await learner.balance()).toMatchObject({ balance: GRANT, held: 0, available: GRANT });
    expect(await consumed()).toEqual([]);
  };

  test('tokens are set aside while it is written, and what it cost is taken once', async () => {
    const key = randomUUID();
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 15 });
    const stream = await learner.ask(sessionId, QUESTION, { key });
    await stream.until('it has begun', (heard) => textOf(heard) !== '');
    const during = await learner.balance();
    expect(during.balance).toBe(GRANT);
    expect(during.held).toBeGreaterThan(tutor.model.requests[0]?.body.max_tokens ?? 0);
    expect(during.available).toBe(GRANT - during.held);
    const { message, balance } = dataOf(await stream.ended, 'done');
    const cost = message.usage?.cost ?? 0;
    expect(message.usage).toMatchObject({ model: 'deepseek-flash' });
    const { rates, ...counts } = contract.receipt.parse(message.usage);
    expect(cost).toBe(
      Math.ceil(
        (counts.cachedTokens * rates.cached +
          (counts.promptTokens - counts.cachedTokens) * rates.prompt +
          counts.completionTokens * rates.completion) /
          1000,
      ),
    );
    expect(cost).toBeLessThan(during.held);
    await learner.askWhole(sessionId, QUESTION, { key });
    expect(await learner.balance()).toMatchObject({ balance: GRANT - cost, held: 0 });
    expect(balance).toBe(GRANT - cost);
    expect(await consumed()).toEqual([
      expect.objectContaining({ amount: -cost, balanceAfter: balance, messageId: message.id }),
    ]);
    expect((await learner.balance()).quota).toMatchObject({
      dailyRequests: { used: 1 },
      monthlyTokens: { used: cost },
    });
  });

  test.each<[string, DeepSeekBehaviour]>([
    ['refuses the key', { status: 401 }],
    ['wants money', { status: 402 }],
    ['is asked too often', { status: 429, headers: COME_BACK_LATER }],
    ['is broken', { status: 500, headers: COME_BACK_LATER }],
    ['is too busy', { status: 503, headers: COME_BACK_LATER }],
    ['ends without a reason', { text: TEXT, finishReason: null }],
  ])('nothing is taken when the provider %s', async (_, behaviour) => {
    tutor.model.enqueue(behaviour);
    const heard = await (await learner.ask(sessionId, QUESTION)).ended;
    expect(orderOf(heard).at(-1)).toBe('error');
    expect(dataOf(heard, 'error').error).toBe('model_failed');
    expect(dataOf(heard, 'error').message).toMatch(/[一-龥]/);
    const answer = (await learner.messages(sessionId)).at(-1);
    expect(answer).toMatchObject({ status: 'failed', content: textOf(heard), usage: null });
    await expectNothingTaken();
    expect(new Set(errorsIn(tutor.service).map((line) => line.split(':')[0]))).toEqual(
      new Set([401, 402].includes(behaviour.status ?? 0) ? ['answer failed'] : []),
    );
    tutor.service.log.length = 0;
  });

  test('whoever waits for the whole answer is told of the failure, and may ask again', async () => {
    tutor.model.enqueue({ status: 503, headers: COME_BACK_LATER });
    const path = `/api/sessions/${sessionId}/messages`;
    const reply = await learner.post(path, { content: QUESTION });
    expect(reply.failure()).toMatchObject({ status: 502, error: 'model_failed' });
    await expectNothingTaken();
    expect((await learner.askWhole(sessionId, QUESTION)).message.status).toBe('complete');
  });

  test('of an answer that is cut off the text stays, failed and free', async () => {
    tutor.model.enqueue({ text: TEXT, cutAfter: 6 });
    const heard = await (await learner.ask(sessionId, QUESTION)).ended;
    expect(dataOf(heard, 'error').error).toBe('model_failed');
    const written = textOf(heard);
    expect(written.length).toBeGreaterThan(4);
    expect(TEXT.startsWith(written)).toBe(true);
    const answer = (await learner.messages(sessionId)).at(-1);
    expect(answer).toMatchObject({ status: 'failed', content: written, usage: null });
    expect(answer?.citations).toEqual(dataOf(heard, 'citations').citations);
    await expectNothingTaken();
    const again = await (await learner.listen(dataOf(heard, 'meta').messageId, 0)).ended;
    expect(again).toEqual(heard);
  });

  test('a provider that stumbles before the first word is asked again, once paid', async () => {
    tutor.model.enqueue({ status: 500 }, { text: TEXT });
    const { message } = await learner.askWhole(sessionId, QUESTION);
    expect(message).toMatchObject({ status: 'complete', content: TEXT });
    expect(tutor.model.requests).toHaveLength(2);
    expect(await consumed()).toHaveLength(1);
  });

  test('a stopped answer costs what was read and written, no more than was set aside', async () => {
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 20 });
    const stream = await learner.ask(sessionId, QUESTION);
    await stream.until('it has begun', (heard) => textOf(heard).length > 4);
    const { held } = await learner.balance();
    const { messageId } = dataOf(stream.heard, 'meta');
    const path = `/api/sessions/${sessionId}/messages/${messageId}/stop`;
    const { usage } = (await learner.post(path)).data(contract.message);
    expect(usage?.cost).toBeGreaterThan(0);
    expect(usage?.cost).toBeLessThan(held);
    expect(usage?.model).toBe('deepseek-flash');
    expect(await learner.balance()).toMatchObject({ balance: GRANT - (usage?.cost ?? 0), held: 0 });
    expect(await consumed()).toHaveLength(1);
  });

  test('what was only thought costs too, and the whole prompt that was sent', async () => {
    const thinking = '先想一想这句话出自何处，再想一想它怎么讲。'.repeat(20);
    tutor.model.enqueue({ reasoning: thinking, text: TEXT, deltaDelayMs: 20 });
    const stream = await learner.ask(sessionId, QUESTION, { thinking: true });
    await stream.until('it thinks', (heard) => heard.some(({ name }) => name === 'thinking'));
    const { messageId } = dataOf(stream.heard, 'meta');
    const path = `/api/sessions/${sessionId}/messages/${messageId}/stop`;
    const { usage } = (await learner.post(path)).data(contract.message);
    const { completionTokens, promptTokens } = contract.receipt.parse(usage);
    expect(completionTokens).toBeGreaterThan(0);
    const sent =
      tutor.model.requests[0]?.body.messages.map(({ content }) => content).join('') ?? '';
    expect(promptTokens).toBeGreaterThan(sent.length / 3);
  });

  test('a session that is deleted takes its running answer along, and holds no tokens', async () => {
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 30 });
    const stream = await learner.ask(sessionId, QUESTION);
    await stream.until('it has begun', (heard) => textOf(heard) !== '');
    expect((await learner.call('DELETE', `/api/sessions/${sessionId}`)).status).toBe(200);
    expect(dataOf(await stream.ended, 'done').message.status).toBe('stopped');
    expect((await tutor.model.requests[0]?.closed)?.complete).toBe(false);
    expect((await learner.balance()).held).toBe(0);
    const { messageId } = dataOf(stream.heard, 'meta');
    expect((await learner.get(`/api/messages/${messageId}/events`)).failure().status).toBe(404);
  });

  test('an answer whose message vanished is given up, and holds no tokens', async () => {
    const { knex } = tutor.service.platform.database;
    tutor.model.enqueue({ text: TEXT.repeat(8), deltaDelayMs: 400 });
    const stream = await learner.ask(sessionId, QUESTION);
    await stream.until('it has begun', (heard) => textOf(heard) !== '');
    await knex('sessions').where({ id: sessionId }).delete();
    expect((await tutor.model.requests[0]?.closed)?.complete).toBe(false);
    stream.leave();
    await eventually('nothing is held', async () => (await learner.balance()).held === 0);
    await expectNothingTaken();
  });

  test('who has too little is told how much is needed, and nothing is left behind', async () => {
    await setBalance(300);
    const path = `/api/sessions/${sessionId}/messages`;
    const reply = await learner.post(path, { content: QUESTION }, { 'idempotency-key': 'poor' });
    expect(reply.failure()).toMatchObject({ status: 402, error: 'insufficient_balance' });
    expect(reply.failure().message).toMatch(/预留 \d,\d{3} 个词元（多退少补.*）.*可用 300 个/);
    expect(await learner.messages(sessionId)).toEqual([]);
    expect(await learner.balance()).toMatchObject({ balance: 300, held: 0 });
    expect(tutor.model.requests).toEqual([]);
    await setBalance(GRANT);
    const { message } = await learner.askWhole(sessionId, QUESTION, { key: 'poor' });
    expect(message.status).toBe('complete');
  });

  test('what was asked to be set aside is enough, and one token less is not', async () => {
    const ask = () => learner.post(`/api/sessions/${sessionId}/messages`, { content: QUESTION });
    await setBalance(300);
    const needed = Number(
      /预留 ([\d,]+) 个/.exec((await ask()).failure().message)?.[1]?.replace(',', ''),
    );
    // The passages are fewer when the balance is small, so that the last tokens can be spent.
    expect(needed).toBeLessThan(3_000);
    await setBalance(needed - 1);
    expect((await ask()).status).toBe(402);
    await setBalance(needed);
    expect((await ask()).status).toBe(200);
    expect((await learner.balance()).balance).toBeLessThan(needed);
  });

  test('who has little gets a shorter answer, and can never owe anything', async () => {
    const needed = 6_000;
    await setBalance(needed);
    const sessions = await Promise.all(Array.from({ length: 4 }, () => learner.openSession()));
    const replies = await Promise.all(
      sessions.map(({ id }) => learner.post(`/api/sessions/${id}/messages`, { content: QUESTION })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 402]));
    const { balance, held } = await learner.balance();
    const spent = (await consumed()).reduce((sum, { amount }) => sum - amount, 0);
    expect({ balance, held }).toEqual({ balance: needed - spent, held: 0 });
    for (const { body } of tutor.model.requests)
      expect(body.max_tokens).toBeGreaterThanOrEqual(256);
  });
});
