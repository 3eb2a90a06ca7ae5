import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, openEventStream, orderOf, textOf } from '../support/event-stream.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { errorsIn } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const FIRST = '孔子说：「学而不思则罔，思而不学则殆。」[1]';
const SECOND = '换个说法：只学不想会糊涂。';
const versions = z.object({ items: z.array(contract.message) });

describeInOneMode('an answer once more', (mode) => {
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

  const pathOf = (messageId: string) =>
    `/api/sessions/${sessionId}/messages/${messageId}/regenerate`;
  const again = (messageId: string, body = {}, headers = {}) =>
    learner.post(pathOf(messageId), body, headers);
  const versionsOf = async (messageId: string) =>
    (await learner.get(`/api/messages/${messageId}/versions`)).data(versions).items;
  const firstAnswer = () => {
    tutor.model.enqueue({ text: FIRST });
    return learner.askWhole(sessionId, QUESTION);
  };
  const promptOf = (request: number) =>
    tutor.model.requests[request]?.body.messages.map(({ content }) => content) ?? [];

  test('takes the place of the old one, which stays as a version with its mark', async () => {
    const { userMessage, message } = await firstAnswer();
    await learner.call('PUT', `/api/messages/${message.id}/favorite`);
    const { balance } = await learner.balance();
    tutor.model.enqueue({ text: SECOND });
    const second = (await again(message.id, { model: 'deepseek-v4-pro' })).data(contract.answer);
    expect(second.userMessage).toEqual(userMessage);
    expect(second.message).toMatchObject({
      ...{ content: SECOND, status: 'complete', sessionId, version: 2, versions: 2 },
      usage: { model: 'deepseek-v4-pro' },
    });
    expect(second.balance).toBe(balance - (second.message.usage?.cost ?? 0));
    expect(await learner.messages(sessionId)).toEqual([userMessage, second.message]);
    for (const { id } of [userMessage, message, second.message]) {
      const [old, young] = await versionsOf(id);
      expect(old).toMatchObject({ id: message.id, content: FIRST, favorite: true, version: 1 });
      expect(young).toEqual(second.message);
    }
    expect(promptOf(1)).toEqual(promptOf(0));
  });

  test('comes as events like the first, and can be heard again', async () => {
    const { userMessage, message } = await firstAnswer();
    tutor.model.enqueue({ text: SECOND, reasoning: '再想想。' });
    const { accessToken } = learner.login;
    const stream = await openEventStream(tutor.service.url + pathOf(userMessage.id), {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${accessToken}`, accept: 'text/event-stream' },
        'content-type': 'application/json',
      },
      body: JSON.stringify({ thinking: true }),
    });
    const heard = await stream.ended;
    expect(orderOf(heard)).toEqual(['meta', 'citations', 'thinking', 'delta', 'done']);
    const { messageId, userMessageId } = dataOf(heard, 'meta');
    expect(userMessageId).toBe(userMessage.id);
    expect(messageId).not.toBe(message.id);
    expect(textOf(heard)).toBe(SECOND);
    expect(await (await learner.listen(messageId, 1)).ended).toEqual(heard.slice(1));
    expect(textOf(await (await learner.listen(message.id, 0)).ended)).toBe(FIRST);
  });

  test('is asked from what was said before, and what comes later builds on it', async () => {
    await learner.askWhole(sessionId, '你好');
    const { message } = await firstAnswer();
    tutor.model.enqueue({ text: '后来的回答。' });
    const later = await learner.askWhole(sessionId, '还有呢，请再讲讲这一句');
    tutor.model.enqueue({ text: SECOND });
    const second = (await again(message.id)).data(contract.answer).message;
    expect(promptOf(3)).toEqual(promptOf(1));
    const order = (await learner.messages(sessionId)).map(({ id }) => id);
    expect(order.slice(3)).toEqual([second.id, later.userMessage.id, later.message.id]);
    await learner.askWhole(sessionId, '最后一问：何谓学？');
    const remembered = promptOf(4).join('\n');
    expect(remembered).toContain(SECOND);
    expect(remembered).not.toContain('孔子说：');
  });

  test('is one answer for one key, and no other thing under that key', async () => {
    const { message } = await firstAnswer();
    tutor.model.enqueue({ text: SECOND, deltaDelayMs: 10 });
    const headers = { 'idempotency-key': randomUUID() };
    const replies = await Promise.all([1, 2, 3].map(() => again(message.id, {}, headers)));
    const answers = replies.map((reply) => reply.data(contract.answer));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await again(message.id, {}, headers)).data(contract.answer)).toEqual(answers[0]);
    expect(await versionsOf(message.id)).toHaveLength(2);
    const other = await again(message.id, { thinking: true }, headers);
    expect(other.failure()).toMatchObject({ status: 409, error: 'idempotency_conflict' });
  });

  test('waits for nobody: while one is written another is refused', async () => {
    const { message } = await firstAnswer();
    tutor.model.enqueue({ text: SECOND, deltaDelayMs: 40 });
    const running = await learner.ask(sessionId, '另一个问题');
    await running.until('it has begun', (heard) => textOf(heard) !== '');
    const refused = await again(message.id);
    expect(refused.failure()).toMatchObject({ status: 409, error: 'generation_in_progress' });
    await running.ended;
    tutor.model.enqueue({ text: SECOND, deltaDelayMs: 20 });
    const many = await Promise.all([1, 2, 3, 4].map(() => again(message.id)));
    const done = many.filter(({ status }) => status === 200);
    expect(done.length).toBeGreaterThanOrEqual(1);
    for (const reply of many.filter(({ status }) => status !== 200)) {
      expect(reply.failure().error).toBe('generation_in_progress');
    }
    expect(await versionsOf(message.id)).toHaveLength(1 + done.length);
    expect((await learner.balance()).held).toBe(0);
  });

  test('an answer that failed can be had again, its question stands once', async () => {
    tutor.model.enqueue({ text: FIRST, cutAfter: 6 });
    const heard = await (await learner.ask(sessionId, QUESTION)).ended;
    const { messageId } = dataOf(heard, 'meta');
    expect(dataOf(heard, 'error').error).toBe('model_failed');
    tutor.model.enqueue({ text: SECOND });
    const { message } = (await again(messageId)).data(contract.answer);
    expect(message.content).toBe(SECOND);
    const said = await learner.messages(sessionId);
    expect(said.map(({ content }) => content)).toEqual([QUESTION, SECOND]);
    const [failed] = await versionsOf(message.id);
    expect(failed).toMatchObject({ status: 'failed', content: textOf(heard), usage: null });
    expect(errorsIn(tutor.service)).toEqual([]);
  });

  test('is no business of anybody else, nor of another conversation', async () => {
    const { message } = await firstAnswer();
    const stranger = await asGuest(tutor.service.url);
    for (const reply of [
      await stranger.post(pathOf(message.id)),
      await stranger.get(`/api/messages/${message.id}/versions`),
      await learner.post(pathOf(randomUUID())),
      await learner.post(
        `/api/sessions/${(await learner.openSession()).id}/messages/${message.id}/regenerate`,
      ),
    ]) {
      expect(reply.failure()).toMatchObject({ status: 404, error: 'not_found' });
    }
    expect((await again(message.id, { model: 'gpt-9' })).failure().status).toBe(400);
    expect(await versionsOf(message.id)).toHaveLength(1);
  });
});
