import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, orderOf, textOf } from '../support/event-stream.ts';
import type { Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';
import {
  startWechatStandIn,
  type WechatHuman,
  type WechatStandIn,
} from '../support/wechat-stand-in.ts';
import { RISKY_WORDS } from '../support/wechat-text-check.ts';
import { visitsByWechat } from '../support/wechat-visits.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。';
const BAD = `这里有${RISKY_WORDS}。`;
const GRANT = 1_000_000;

describeInOneMode('what is asked and answered, where somebody judges it', (mode) => {
  let wechat: WechatStandIn;
  let tutor: TutorWithModel;
  let human: WechatHuman;
  let learner: Learner;
  let sessionId: string;
  beforeAll(async () => {
    wechat = await startWechatStandIn();
    tutor = await startTutorWithModel(mode, {
      ...wechat.environment,
      ...{ MODERATION: 'wechat', MODERATION_UNCHECKED: 'reject' },
    });
  });
  beforeEach(async () => {
    human = wechat.human();
    learner = await visitsByWechat(tutor.service, wechat).login(human, 'miniprogram');
    sessionId = (await learner.openSession()).id;
    tutor.model.requests.length = 0;
  });
  afterAll(async () => {
    await tutor.dispose();
    await wechat.close();
  });

  const path = () => `/api/sessions/${sessionId}/messages`;

  test('a question that may not stand is refused before anything is kept or set aside', async () => {
    const key = { 'idempotency-key': randomUUID() };
    for (const headers of [{}, key, key]) {
      const reply = await learner.post(path(), { content: `${QUESTION}${BAD}` }, headers);
      expect(reply.failure()).toMatchObject({ status: 422, error: 'content_rejected' });
    }
    expect(await learner.messages(sessionId)).toEqual([]);
    expect(await learner.balance()).toMatchObject({ balance: GRANT, held: 0 });
    expect(tutor.model.requests).toEqual([]);
    expect((await learner.post(path(), { content: QUESTION }, key)).status).toBe(200);
  });

  test('what was accepted under a key is told again, whatever is thought of it now', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const content = '从前可以问的话';
    const first = (await learner.post(path(), { content }, headers)).data(contract.answer);
    wechat.texts.leave(human.openid.miniprogram);
    const again = (await learner.post(path(), { content }, headers)).data(contract.answer);
    expect(again).toEqual(first);
    expect((await learner.post(path(), { content })).failure().status).toBe(422);
  });

  test('an answer that may not stand is taken back, and free', async () => {
    tutor.model.enqueue({ text: TEXT + BAD });
    const heard = await (await learner.ask(sessionId, QUESTION)).ended;
    expect(orderOf(heard)).toEqual(['meta', 'citations', 'delta', 'error']);
    const { error, message } = dataOf(heard, 'error');
    expect(error).toBe('content_rejected');
    expect(message).toContain('没有扣费');
    const answer = (await learner.messages(sessionId)).at(-1);
    expect(answer).toMatchObject({ status: 'failed', content: '', citations: [], quotes: [] });
    expect(await learner.balance()).toMatchObject({ balance: GRANT, held: 0 });
    const later = await (await learner.listen(dataOf(heard, 'meta').messageId, 0)).ended;
    expect(orderOf(later)).toEqual(['error']);
    expect(dataOf(later, 'error')).toEqual(dataOf(heard, 'error'));
    await learner.askWhole(sessionId, '换一个问题：何谓学？');
    const prompt = tutor.model.requests.at(-1)?.body.messages ?? [];
    expect(prompt.map(({ role }) => role)).toEqual(['system', 'user']);
  });

  test('whoever waits for the whole of it is told the same', async () => {
    tutor.model.enqueue({ text: TEXT + BAD });
    const reply = await learner.post(path(), { content: QUESTION });
    expect(reply.failure()).toMatchObject({ status: 422, error: 'content_rejected' });
  });

  test('nor does a part of one stand that was stopped', async () => {
    tutor.model.enqueue({ text: `${BAD}${TEXT.repeat(5)}`, deltaDelayMs: 20 });
    const stream = await learner.ask(sessionId, QUESTION);
    await stream.until('it has been said', (heard) => textOf(heard).includes(BAD));
    const { messageId } = dataOf(stream.heard, 'meta');
    const stopped = await learner.post(`${path()}/${messageId}/stop`);
    expect(stopped.data(contract.message)).toMatchObject({ status: 'failed', content: '' });
    expect(dataOf(await stream.ended, 'error').error).toBe('content_rejected');
    expect(await learner.balance()).toMatchObject({ balance: GRANT, held: 0 });
  });

  test('of what may stand nothing is lost', async () => {
    tutor.model.enqueue({ text: TEXT });
    const { message } = await learner.askWhole(sessionId, QUESTION);
    expect(message).toMatchObject({ status: 'complete', content: TEXT });
  });
});
