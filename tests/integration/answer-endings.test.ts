import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { startEmbeddingsStandIn } from '../support/embeddings-stand-in.ts';
import { dataOf, orderOf, textOf } from '../support/event-stream.ts';
import { aWhile, eventually } from '../support/eventually.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。';
const SLOW_MS = 3_000;
const COME_BACK_LATER = { 'retry-after': '3600' };

describeInOneMode('how answers end', (mode) => {
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
  });
  afterAll(() => tutor.dispose());

  const stop = (messageId: string) =>
    learner.post(`/api/sessions/${sessionId}/messages/${messageId}/stop`);
  const lastRoles = () => tutor.model.requests.at(-1)?.body.messages.map(({ role }) => role) ?? [];

  test('what its provider does not count is counted here, and charged like any other', async () => {
    tutor.model.enqueue({ text: TEXT, reasoning: '想一想。', usageOn: 'nothing' });
    const stream = await learner.ask(sessionId, QUESTION, { thinking: true });
    const { message } = dataOf(await stream.ended, 'done');
    const { usage } = message;
    const receipt = contract.receipt.parse(usage);
    const { countTokens } = tutor.service.platform;
    expect(message).toMatchObject({ status: 'complete', content: TEXT });
    expect(receipt.completionTokens).toBe(countTokens(TEXT) + countTokens('想一想。'));
    const sent = tutor.model.requests[0]?.body.messages ?? [];
    const read = sent.reduce((sum, { content }) => sum + countTokens(content), 0);
    expect(receipt.promptTokens).toBeGreaterThanOrEqual(read);
    expect(receipt.promptTokens).toBeLessThan(read + 10 * sent.length);
    expect(receipt.cost).toBeGreaterThan(0);
    const { balance, held } = await learner.balance();
    expect({ balance, held }).toEqual({ balance: 1_000_000 - receipt.cost, held: 0 });
  });

  test('one that reaches its greatest length says so, and which rules it was asked by', async () => {
    tutor.model.enqueue({ text: TEXT.repeat(100) });
    const { message } = await learner.askWhole(sessionId, QUESTION);
    expect(message).toMatchObject({ status: 'complete', truncated: true });
    tutor.model.enqueue({ text: TEXT });
    const whole = (await learner.askWhole(sessionId, QUESTION)).message;
    expect(whole).toMatchObject({ truncated: false });
    const { knex } = tutor.service.platform.database;
    const row = await knex('messages').where({ id: whole.id }).first();
    expect(row).toMatchObject({ model: 'deepseek-flash', prompt_version: expect.any(Number) });
  });

  test('questions that suggest themselves are kept with it', async () => {
    const asked = ['思而不学又会怎样？', '这句话出自哪一篇？'];
    tutor.model.enqueue({ text: `${TEXT}\n【追问】${asked.join('｜')}` });
    const followUps = expect.arrayContaining(asked);
    const { message } = await learner.askWhole(sessionId, QUESTION);
    expect(message.content.trim()).toBe(TEXT);
    expect(message).toMatchObject({ followUps });
    expect((await learner.messages(sessionId)).at(-1)).toMatchObject({ followUps });
  });

  test('one without a word leaves no trace in what the tutor remembers; a part of one does', async () => {
    await learner.askWhole(sessionId, '何谓学？');
    tutor.model.enqueue({ status: 503, headers: COME_BACK_LATER });
    expect((await (await learner.ask(sessionId, '没有人答的问题')).ended).at(-1)?.name).toBe(
      'error',
    );
    await learner.askWhole(sessionId, QUESTION);
    expect(lastRoles()).toEqual(['system', 'user', 'assistant', 'user']);
    tutor.model.enqueue({ text: TEXT, cutAfter: 8 });
    const cut = await (await learner.ask(sessionId, '只答了一半的问题')).ended;
    await learner.askWhole(sessionId, '最后一问，请讲讲学与思');
    const prompt = tutor.model.requests.at(-1)?.body.messages ?? [];
    expect(lastRoles().slice(1)).toEqual(
      [0, 1, 2].flatMap(() => ['user', 'assistant']).concat('user'),
    );
    expect(prompt[5]?.content).toContain('只答了一半的问题');
    expect(prompt[6]?.content).toBe(textOf(cut));
    expect(prompt.map(({ content }) => content).join()).not.toContain('没有人答的问题');
  });

  test('while one is written its text is saved again and again, and its lease renewed', async () => {
    const { knex } = tutor.service.platform.database;
    tutor.model.enqueue({ text: TEXT.repeat(3), deltaDelayMs: 100 });
    const stream = await learner.ask(sessionId, QUESTION);
    await stream.until('it is accepted', (heard) => heard.length > 0);
    const { messageId } = dataOf(stream.heard, 'meta');
    const seen: { content: string; lease: number; citations: unknown[] }[] = [];
    await eventually(
      'it was saved three times',
      async () => {
        const row = await knex('messages').where({ id: messageId }).first();
        const { content, lease_until: lease, citations } = row;
        if (content !== (seen.at(-1)?.content ?? '')) seen.push({ content, lease, citations });
        return seen.length === 3;
      },
      15_000,
    );
    expect((await stop(messageId)).data(contract.message).status).toBe('stopped');
    const said = textOf(await stream.ended);
    for (const { content, citations } of seen) {
      expect(said.startsWith(content)).toBe(true);
      expect(citations.length).toBeGreaterThan(0);
    }
    const leases = seen.map(({ lease }) => Number(lease));
    expect(leases).toEqual([...new Set(leases)].sort((one, other) => one - other));
    expect(tutor.service.log.filter(({ msg }) => /lease/.test(msg))).toEqual([]);
  });

  test('one that is stopped while it thinks says nothing and costs what was thought', async () => {
    tutor.model.enqueue({ reasoning: TEXT.repeat(10), text: TEXT, deltaDelayMs: 20 });
    const stream = await learner.ask(sessionId, QUESTION, { thinking: true });
    await stream.until('it thinks', (heard) => textOf(heard, 'thinking').length > 6);
    const stopped = await stop(dataOf(stream.heard, 'meta').messageId);
    const { status, content, usage } = stopped.data(contract.message);
    expect({ status, content }).toEqual({ status: 'stopped', content: '' });
    expect(usage).toMatchObject({ reasoningTokens: usage?.completionTokens });
    expect(usage?.cost).toBeGreaterThan(0);
    const heard = await stream.ended;
    expect(orderOf(heard)).toEqual(['meta', 'citations', 'thinking', 'done']);
    expect(await learner.balance()).toMatchObject({
      ...{ balance: 1_000_000 - (usage?.cost ?? 0), held: 0 },
    });
    await learner.askWhole(sessionId, '那么换一个问题');
    expect(lastRoles()).toEqual(['system', 'user']);
  });
});

describeInOneMode('an answer that is stopped while the library is asked', (mode) => {
  test('says nothing, sends nothing to the model and costs nothing', async () => {
    const embeddings = await startEmbeddingsStandIn();
    const tutor = await startTutorWithModel(mode, {
      ...{ EMBEDDING_PROVIDER: 'openai', EMBEDDING_BASE_URL: embeddings.url },
      ...{ EMBEDDING_API_KEY: 'sk-test', EMBEDDING_MODEL: 'stand-in' },
    });
    try {
      const learner = await asGuest(tutor.service.url);
      const sessionId = (await learner.openSession()).id;
      embeddings.enqueue({ delayMs: SLOW_MS });
      const stream = await learner.ask(sessionId, QUESTION);
      await stream.until('it is accepted', (heard) => heard.length > 0);
      const { messageId } = dataOf(stream.heard, 'meta');
      const before = Date.now();
      const path = `/api/sessions/${sessionId}/messages/${messageId}/stop`;
      const message = (await learner.post(path)).data(contract.message);
      expect(Date.now() - before).toBeLessThan(SLOW_MS);
      expect(message).toMatchObject({ status: 'stopped', content: '', usage: { cost: 0 } });
      expect(orderOf(await stream.ended)).toEqual(['meta', 'done']);
      expect(tutor.model.requests).toEqual([]);
      expect(await learner.balance()).toMatchObject({ balance: 1_000_000, held: 0 });
      await aWhile(SLOW_MS);
    } finally {
      await tutor.dispose();
      await embeddings.close();
    }
  });
});
