import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, orderOf, textOf } from '../support/event-stream.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。';
const SLOW = { text: TEXT, deltaDelayMs: 15 };

describeInOneMode('an answer', (mode) => {
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
  const askSlowly = async () => {
    tutor.model.enqueue(SLOW);
    const stream = await learner.ask(sessionId, QUESTION);
    await stream.until('the answer has begun', (heard) => textOf(heard).length > 4);
    return { stream, messageId: dataOf(stream.heard, 'meta').messageId };
  };

  test('comes as events: who, from where, word by word, and the whole at the end', async () => {
    tutor.model.enqueue({ text: TEXT });
    const stream = await learner.ask(sessionId, QUESTION);
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    expect(stream.headers.get('x-request-id')).toBeTruthy();
    const heard = await stream.ended;
    expect(orderOf(heard)).toEqual(['meta', 'citations', 'delta', 'done']);
    expect(heard.map(({ id }) => id)).toEqual(heard.map((_, index) => index + 1));
    expect(textOf(heard)).toBe(TEXT);
    const { message, balance } = dataOf(heard, 'done');
    const { messageId, userMessageId } = dataOf(heard, 'meta');
    const { citations } = dataOf(heard, 'citations');
    expect(citations[0]).toMatchObject({ n: 1, work: '论语', chapter: '为政篇', dynasty: '春秋' });
    expect(message).toMatchObject({ id: messageId, sessionId, status: 'complete', content: TEXT });
    expect(message.citations).toEqual(citations);
    const [question, answer] = await learner.messages(sessionId);
    expect(question).toMatchObject({ id: userMessageId, role: 'user', content: QUESTION });
    expect(answer).toEqual(message);
    expect((await learner.balance()).balance).toBe(balance);
  });

  test('comes whole as JSON to whoever does not ask for events', async () => {
    tutor.model.enqueue({ text: TEXT });
    const { userMessage, message, balance } = await learner.askWhole(sessionId, QUESTION);
    expect(userMessage).toMatchObject({ role: 'user', content: QUESTION, usage: null });
    expect(message).toMatchObject({ role: 'assistant', status: 'complete', content: TEXT });
    expect(await learner.messages(sessionId)).toEqual([userMessage, message]);
    expect((await learner.balance()).balance).toBe(balance);
  });

  test('lets the model think aloud when that is wished', async () => {
    tutor.model.enqueue({ text: TEXT, reasoning: '先找出处，再讲字词。' });
    const stream = await learner.ask(sessionId, QUESTION, { thinking: true });
    const heard = await stream.ended;
    expect(orderOf(heard)).toEqual(['meta', 'citations', 'thinking', 'delta', 'done']);
    expect(textOf(heard, 'thinking')).toBe('先找出处，再讲字词。');
    expect(dataOf(heard, 'done').message.content).toBe(TEXT);
  });

  test('can be heard again from any event on, with nothing missing and nothing twice', async () => {
    tutor.model.enqueue({ text: TEXT, deltaLength: 6 });
    const all = await (await learner.ask(sessionId, QUESTION)).ended;
    const { messageId } = dataOf(all, 'meta');
    for (let after = 0; after <= all.length; after += 1) {
      const byQuery = await (await learner.listen(messageId, after)).ended;
      expect(byQuery).toEqual(all.slice(after));
      const headers = { 'last-event-id': String(after) };
      const byHeader = await (await learner.listen(messageId, undefined, headers)).ended;
      expect(byHeader).toEqual(all.slice(after));
    }
    const both = await learner.listen(messageId, 3, { 'last-event-id': '1' });
    expect(await both.ended).toEqual(all.slice(3));
    expect(await (await learner.listen(messageId)).ended).toEqual(all);
  });

  test('goes on when its listener leaves, who may come back at every cut', async () => {
    const { stream, messageId } = await askSlowly();
    stream.leave();
    let heard = [...stream.heard];
    for (let comeBack = 0; comeBack < 4; comeBack += 1) {
      const again = await learner.listen(messageId, heard.at(-1)?.id ?? 0);
      await again.until('something more was heard', (more) => more.length > 0);
      again.leave();
      heard = [...heard, ...again.heard];
    }
    heard.push(...(await (await learner.listen(messageId, heard.at(-1)?.id ?? 0)).ended));
    expect(heard.map(({ id }) => id)).toEqual(heard.map((_, index) => index + 1));
    expect(textOf(heard)).toBe(TEXT);
    expect(dataOf(heard, 'done').message.content).toBe(TEXT);
  });

  test('is the same for two who listen, one of them late', async () => {
    const { stream, messageId } = await askSlowly();
    const late = await learner.listen(messageId, 0);
    expect(await late.ended).toEqual(await stream.ended);
  });

  test('is finished and stored though nobody ever listens', async () => {
    const { stream } = await askSlowly();
    stream.leave();
    for (let waited = 0; waited < 100; waited += 1) {
      const answer = (await learner.messages(sessionId)).at(-1);
      if (answer?.status !== 'streaming') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const answer = (await learner.messages(sessionId)).at(-1);
    expect(answer).toMatchObject({ status: 'complete', content: TEXT });
  });

  test('is the only one running in its session; another session is free', async () => {
    const { stream } = await askSlowly();
    const second = await learner.post(`/api/sessions/${sessionId}/messages`, { content: '还有呢' });
    expect(second.failure()).toMatchObject({ status: 409, error: 'generation_in_progress' });
    const other = await learner.openSession();
    expect((await learner.askWhole(other.id, QUESTION)).message.status).toBe('complete');
    await stream.ended;
    expect((await learner.askWhole(sessionId, '还有呢')).message.status).toBe('complete');
    expect(await learner.messages(sessionId)).toHaveLength(4);
  });

  test('of many questions at once in one session one is answered', async () => {
    const path = `/api/sessions/${sessionId}/messages`;
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, n) => learner.post(path, { content: `${QUESTION}${n}` })),
    );
    const answered = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status !== 200);
    expect(answered.length).toBeGreaterThanOrEqual(1);
    for (const reply of refused) expect(reply.failure().error).toBe('generation_in_progress');
    expect(await learner.messages(sessionId)).toHaveLength(2 * answered.length);
  });

  test('asked for twice with one key it is one answer, at once or later', async () => {
    tutor.model.enqueue(SLOW);
    const key = randomUUID();
    const ask = () => learner.askWhole(sessionId, QUESTION, { key });
    const together = await Promise.all([ask(), ask(), ask()]);
    const later = await ask();
    for (const reply of [...together, later]) expect(reply).toEqual(together[0]);
    const again = await (await learner.ask(sessionId, QUESTION, { key })).ended;
    expect(dataOf(again, 'done').message).toEqual(later.message);
    expect(await learner.messages(sessionId)).toHaveLength(2);
    expect(tutor.model.requests).toHaveLength(1);
    const other = await learner.post(
      `/api/sessions/${sessionId}/messages`,
      { content: '别的' },
      { 'idempotency-key': key },
    );
    expect(other.failure()).toMatchObject({ status: 409, error: 'idempotency_conflict' });
  });

  test('can be stopped; what was written stays, and the model is told', async () => {
    const { stream, messageId } = await askSlowly();
    const stopped = (await stop(messageId)).data(contract.message);
    expect(stopped).toMatchObject({ id: messageId, status: 'stopped' });
    const heard = await stream.ended;
    expect(dataOf(heard, 'done').message).toEqual(stopped);
    expect(stopped.content).toBe(textOf(heard));
    expect(TEXT.startsWith(stopped.content)).toBe(true);
    expect(stopped.content.length).toBeLessThan(TEXT.length);
    expect((await tutor.model.requests[0]?.closed)?.complete).toBe(false);
    expect((await stop(messageId)).data(contract.message)).toEqual(stopped);
    const next = await learner.askWhole(sessionId, '请接着讲');
    expect(next.message.status).toBe('complete');
  });
});
