import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, textOf } from '../support/event-stream.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInBothModes } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const SECRET = '我家住在桂花巷七号，「温故而知新」怎么讲？';
const recalled = z.object({ recalled: z.array(z.uuid()) });

describeInBothModes('a question that is withdrawn', (mode) => {
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

  const recall = (messageId: string, who = learner, session = sessionId) =>
    who.post(`/api/sessions/${session}/messages/${messageId}/recall`);

  test('is gone with all its answers, also from what the tutor remembers', async () => {
    const kept = await learner.askWhole(sessionId, QUESTION);
    const { userMessage, message } = await learner.askWhole(sessionId, SECRET);
    const path = `/api/sessions/${sessionId}/messages/${message.id}/regenerate`;
    const second = (await learner.post(path)).data(contract.answer).message;
    const gone = (await recall(userMessage.id)).data(recalled);
    expect(gone.recalled).toEqual([userMessage.id, message.id, second.id]);
    expect(await learner.messages(sessionId)).toEqual([kept.userMessage, kept.message]);
    for (const id of gone.recalled) {
      expect((await learner.get(`/api/messages/${id}/versions`)).failure().status).toBe(404);
      expect((await recall(id)).failure()).toMatchObject({ status: 404, error: 'not_found' });
    }
    await learner.askWhole(sessionId, '请再讲一遍第一句');
    const prompt = tutor.model.requests.at(-1)?.body.messages ?? [];
    expect(prompt.map(({ content }) => content).join()).not.toContain('桂花巷');
    expect(prompt.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  });

  test('takes its words out of the title as well, but not a title somebody gave', async () => {
    const titleOf = async (id: string) =>
      (await learner.get(`/api/sessions/${id}`)).data(contract.session).title;
    const { message } = await learner.askWhole(sessionId, SECRET);
    expect(await titleOf(sessionId)).toContain('桂花巷');
    expect((await recall(message.id)).status).toBe(200);
    expect(await titleOf(sessionId)).toBe('新的对话');
    await learner.askWhole(sessionId, QUESTION);
    expect(await titleOf(sessionId)).toContain('学而不思');
    const named = await learner.openSession({ title: '我的功课' });
    const asked = await learner.askWhole(named.id, SECRET);
    expect((await recall(asked.userMessage.id, learner, named.id)).status).toBe(200);
    expect(await titleOf(named.id)).toBe('我的功课');
  });

  test('while it is answered is stopped first, and what was written is paid for', async () => {
    const { balance } = await learner.balance();
    tutor.model.enqueue({ text: '慢慢地讲这一句话的意思。'.repeat(20), deltaDelayMs: 30 });
    const stream = await learner.ask(sessionId, SECRET);
    await stream.until('it has begun', (heard) => textOf(heard).length > 8);
    const { messageId, userMessageId } = dataOf(stream.heard, 'meta');
    expect((await recall(messageId)).data(recalled).recalled).toEqual([userMessageId, messageId]);
    expect((await tutor.model.requests[0]?.closed)?.complete).toBe(false);
    const { message } = dataOf(await stream.ended, 'done');
    expect(message.usage?.cost).toBeGreaterThan(0);
    expect(await learner.balance()).toMatchObject({
      balance: balance - (message.usage?.cost ?? 0),
      held: 0,
    });
    expect(await learner.messages(sessionId)).toEqual([]);
    expect((await learner.askWhole(sessionId, QUESTION)).message.status).toBe('complete');
  });

  test('after two minutes stays', async () => {
    const { userMessage, message } = await learner.askWhole(sessionId, QUESTION);
    const { knex } = tutor.service.platform.database;
    const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
    await knex('messages')
      .where({ id: userMessage.id })
      .update({ created_at: ago(121) });
    expect((await recall(message.id)).failure()).toMatchObject({ status: 409, error: 'conflict' });
    expect(await learner.messages(sessionId)).toHaveLength(2);
    await knex('messages')
      .where({ id: userMessage.id })
      .update({ created_at: ago(110) });
    expect((await recall(message.id)).status).toBe(200);
  });

  test('can be withdrawn by nobody else, and in no other conversation', async () => {
    const { userMessage } = await learner.askWhole(sessionId, QUESTION);
    const stranger = await asGuest(tutor.service.url);
    const other = await learner.openSession();
    for (const reply of [
      await recall(userMessage.id, stranger),
      await recall(userMessage.id, stranger, (await stranger.openSession()).id),
      await recall(userMessage.id, learner, other.id),
    ]) {
      expect(reply.failure()).toMatchObject({ status: 404, error: 'not_found' });
    }
    expect(await learner.messages(sessionId)).toHaveLength(2);
  });
});
