import { jest } from '@jest/globals';
import { dataOf, textOf } from '../support/event-stream.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const LAST_WORDS = '「思而不学则殆」出自哪里？';

describeInOneMode('questions that go on from the answer before', (mode) => {
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

  const rewritten = () =>
    tutor.model.houseRequests
      .map(({ body }) => body.messages.at(-1)?.content ?? '')
      .filter((material) => material.includes('学生的最后一句话'));

  test('the next line of what was cited is found, though its words are nowhere in the question', async () => {
    tutor.model.enqueue({ text: '「思而不学则殆」出自《论语·为政篇》[1]。' });
    await learner.askWhole(sessionId, LAST_WORDS);
    const { message } = await learner.askWhole(sessionId, '那它的下一句呢？');
    expect(message.citations[0]).toMatchObject({ n: 1, text: expect.stringContaining('诲女知之') });
    expect(message.citations[1]?.text).toContain('思而不学则殆');
    const prompt = tutor.model.requests.at(-1)?.body.messages.at(-1)?.content ?? '';
    expect(prompt).toMatch(/^学生的问题：\n那它的下一句呢？\n/);
    expect(prompt).toContain('[1] 《论语·为政篇》');
  });

  test('the model is asked once what is meant, and what that costs is written down', async () => {
    const before = rewritten().length;
    await learner.askWhole(sessionId, LAST_WORDS);
    await learner.askWhole(sessionId, '「温故而知新」呢，它是什么意思，请详细讲讲？');
    expect(rewritten()).toHaveLength(before);
    tutor.model.enqueueForHouse({ text: '「德不孤，必有邻」是什么意思？' });
    const { message } = await learner.askWhole(sessionId, '他还说过什么？');
    expect(rewritten()).toHaveLength(before + 1);
    expect(message.citations[0]?.text).toContain('德不孤');
    const line = tutor.service.log.find((each) => 'purpose' in each && each.purpose === 'rewrite');
    expect(line).toMatchObject({ model: 'deepseek-flash', promptTokens: expect.any(Number) });
  });

  test('a model that does not answer that in time leaves it to the rules', async () => {
    tutor.model.enqueue({ text: '出自《论语》[1]。' });
    await learner.askWhole(sessionId, LAST_WORDS);
    tutor.model.enqueueForHouse({ firstDeltaDelayMs: 8_000, text: '太晚' });
    const began = Date.now();
    const { message } = await learner.askWhole(sessionId, '上一句呢？');
    expect(Date.now() - began).toBeLessThan(6_000);
    expect(message.citations[0]?.text).toContain('学而不思则罔');
  });

  test('what may be asked next is in the end of the answer and nowhere in its words', async () => {
    tutor.model.enqueue({
      text: '见「学而不思则罔」[1]。\n\n【追问】「思而不学则殆」怎么讲？｜电脑蓝屏怎么办？',
      deltaLength: 1,
    });
    const heard = await (await learner.ask(sessionId, '「学而不思则罔」怎么讲？')).ended;
    const { message } = dataOf(heard, 'done');
    expect(textOf(heard)).toBe('见「学而不思则罔」[1]。');
    expect(message.content).toBe(textOf(heard));
    expect(message.followUps[0]).toBe('「思而不学则殆」怎么讲？');
    expect(message.followUps).toHaveLength(3);
    expect(message.followUps.join()).not.toContain('蓝屏');
    expect((await learner.messages(sessionId)).at(-1)?.followUps).toEqual(message.followUps);
  });

  test('every question proposed by rule finds its passage', async () => {
    const { message } = await learner.askWhole(sessionId, '「温故而知新」怎么理解？');
    expect(message.followUps.length).toBeGreaterThan(0);
    for (const question of message.followUps) {
      const session = await learner.openSession();
      const { message: next } = await learner.askWhole(session.id, question);
      expect([question, next.citations.length]).not.toEqual([question, 0]);
    }
    const { message: greeting } = await learner.askWhole(sessionId, '谢谢老师👍');
    expect(greeting).toMatchObject({ followUps: [], citations: [] });
  });

  test('an answer that reached its greatest length says so', async () => {
    tutor.model.enqueue({ text: '没有写', finishReason: 'length' }, { text: '写完了' });
    const [cut, whole] = [
      await learner.askWhole(sessionId, LAST_WORDS),
      await learner.askWhole(sessionId, LAST_WORDS),
    ];
    expect([cut.message.truncated, whole.message.truncated]).toEqual([true, false]);
    expect(cut.message.status).toBe('complete');
  });
});

describe('without a model', () => {
  let space: ServiceSpace;
  let service: RunningService;
  let learner: Learner;
  beforeAll(async () => {
    space = await openSpace('embedded');
    service = await space.start();
    learner = await asGuest(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  test('follow-ups are resolved and proposed by rule, and nothing is kept in the background', async () => {
    const { id } = await learner.openSession();
    const { message: first } = await learner.askWhole(id, LAST_WORDS);
    expect(first.followUps.length).toBeGreaterThan(0);
    const { message } = await learner.askWhole(id, '那它的下一句呢？');
    expect(message.citations[0]?.text).toContain('诲女知之');
    expect(await service.services.stores.jobs.unfinished(['title-session'])).toBe(0);
    expect((await service.services.stores.sessions.byId(id))?.title).toBe(LAST_WORDS);
  });

  test.each([
    ['explain', '## 字词'],
    ['translate', '写不出译文'],
    ['socratic', '想一想'],
  ])('it keeps to the manner of %s as far as it can', async (mode, manner) => {
    const { id } = await learner.openSession({ mode });
    const { message } = await learner.askWhole(id, '「学而不思则罔」怎么讲？');
    expect(message.content).toContain(manner);
    expect(message.quotes.every(({ verdict }) => verdict === 'exact')).toBe(true);
  });
});
