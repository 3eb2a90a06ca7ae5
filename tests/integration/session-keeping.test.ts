import { jest } from '@jest/globals';
import { SUMMARY_HEAD } from '../../ai/prompts/tutor-prompt.ts';
import { eventually } from '../support/eventually.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(90_000);

const QUESTION = '「学而不思则罔」是什么意思？';
/** Some nine hundred tokens. */
const LONG = '学习与思考，二者不可偏废；只读书而不思考，就会迷惑而无所得。'.repeat(48);

describeInOneMode('what is done for a conversation in the background', (mode) => {
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
    tutor.model.forgetHouse();
  });
  afterAll(() => tutor.dispose());

  const { objectContaining } = expect;
  const services = () => tutor.service.services;
  const session = () => services().stores.sessions.byId(sessionId);
  const summary = () => services().stores.summaries.read(sessionId);
  /** No unfinished job of the kinds is left; workers need not wait for the next beat. */
  const done = (what: string) =>
    eventually(
      what,
      async () => {
        await services().jobs.wakeDue();
        const unfinished = await services().stores.jobs.unfinished([
          'title-session',
          'summarise-session',
        ]);
        return unfinished === 0;
      },
      20_000,
    );
  const houseLines = () =>
    tutor.service.log.filter(({ msg }) => msg === 'asked the model for the house');

  test('it is named by what it is about, once, at the cost of the house', async () => {
    const before = await learner.balance();
    tutor.model.enqueueForHouse({ text: '标题：《论语》谈学与思的关系以及它们缺一不可。' });
    const { message } = await learner.askWhole(sessionId, QUESTION);
    await done('the title');
    expect(await session()).toMatchObject({
      title: '《论语》谈学与思的关系以及它',
      titleOrigin: 'model',
    });
    await learner.askWhole(sessionId, '「温故而知新」呢？');
    await done('nothing');
    expect(tutor.model.houseRequests).toHaveLength(1);
    const [request] = tutor.model.houseRequests;
    expect(request?.body).toMatchObject({ thinking: { type: 'disabled' }, max_tokens: 40 });
    expect(houseLines()).toEqual([
      objectContaining({
        purpose: 'title',
        promptTokens: expect.any(Number),
        model: 'deepseek-flash',
      }),
    ]);
    const after = await learner.balance();
    const second = (await learner.messages(sessionId)).at(-1);
    expect(before.balance - after.balance).toBe(
      (message.usage?.cost ?? 0) + (second?.usage?.cost ?? 0),
    );
  });

  test('one that begins with a greeting is named by its first question', async () => {
    await learner.askWhole(sessionId, '老师好！');
    await done('nothing');
    expect(await session()).toMatchObject({ titleOrigin: 'none' });
    expect(tutor.model.houseRequests).toHaveLength(0);
    tutor.model.enqueueForHouse({ text: '学与思' });
    await learner.askWhole(sessionId, QUESTION);
    await done('the title');
    expect(await session()).toMatchObject({ title: '学与思', titleOrigin: 'model' });
    const material = tutor.model.houseRequests[0]?.body.messages.at(-1)?.content ?? '';
    expect(material).toContain(QUESTION);
    expect(material).not.toContain('老师好');
  });

  test('a name that its learner gave stays', async () => {
    tutor.model.enqueueForHouse({ text: '学与思', headerDelayMs: 600 });
    await learner.askWhole(sessionId, QUESTION);
    await services().jobs.wakeDue();
    await learner.call('PATCH', `/api/sessions/${sessionId}`, { title: '我的笔记' });
    await done('the title');
    expect(await session()).toMatchObject({ title: '我的笔记', titleOrigin: 'learner' });
    await learner.askWhole(sessionId, '「温故而知新」呢？');
    await done('nothing');
    expect(tutor.model.houseRequests.length).toBeLessThanOrEqual(1);
  });

  test('a model that refuses is asked again after the next answer, and nothing fails', async () => {
    tutor.model.enqueueForHouse({ status: 400 });
    await learner.askWhole(sessionId, QUESTION);
    await done('the refusal');
    expect(await session()).toMatchObject({ title: QUESTION, titleOrigin: 'question' });
    tutor.model.enqueueForHouse({ text: '学与思' });
    await learner.askWhole(sessionId, '「温故而知新」呢？');
    await done('the title');
    expect(await session()).toMatchObject({ title: '学与思' });
  });

  test('what was said longest ago is folded into a summary, which then begins the prompts', async () => {
    for (let n = 1; n <= 4; n += 1) {
      tutor.model.enqueue({ text: `${n}。${LONG}`, deltaLength: 400 });
      await learner.askWhole(sessionId, `${n}：${QUESTION}`);
      await done('the upkeep');
    }
    const first = await summary();
    expect(first?.upToPosition).toBeGreaterThan(0);
    expect((first?.upToPosition ?? 1) % 2).toBe(0);
    expect(first?.content).toContain('学生问过：1：');

    const prompts = [];
    for (const content of ['「温故而知新」怎么讲？', '「德不孤」怎么讲？']) {
      await learner.askWhole(sessionId, content);
      prompts.push(tutor.model.requests.at(-1)?.body.messages ?? []);
    }
    const [one, two] = prompts;
    expect(one?.[1]).toEqual({ role: 'user', content: `${SUMMARY_HEAD}${first?.content}` });
    expect(one?.[2]?.content).toBe(
      `学生的问题：\n${(first?.upToPosition ?? 0) / 2 + 1}：${QUESTION}`,
    );
    expect(two?.slice(0, one?.length ? one.length - 1 : 0)).toEqual(one?.slice(0, -1));
    expect(houseLines().some((line) => 'purpose' in line && line.purpose === 'summary')).toBe(true);
  });

  test('a second summary takes the first along', async () => {
    for (let n = 1; n <= 8; n += 1) {
      tutor.model.enqueue({ text: `${n}。${LONG}`, deltaLength: 400 });
      await learner.askWhole(sessionId, `${n}：${QUESTION}`);
      await done('the upkeep');
    }
    const asked = tutor.model.houseRequests
      .map(({ body }) => body.messages[1]?.content ?? '')
      .filter((material) => material.startsWith('先前的摘要：'));
    expect(asked.length).toBeGreaterThan(1);
    expect(asked[0]).toContain('（没有）');
    expect(asked[1]).toContain('先前的摘要：\n学生问过：1：');
    expect((await summary())?.upToPosition).toBeGreaterThan(6);
  });

  test('a summary of what has changed meanwhile is not kept, one that covers it goes', async () => {
    await learner.askWhole(sessionId, QUESTION);
    await done('the upkeep');
    const { sessions, summaries } = services().stores;
    await summaries.write(sessionId, { content: '新', upToPosition: 2 }, 0);
    expect(await summary()).toEqual({ content: '新', upToPosition: 2 });
    await sessions.reviseHistory(sessionId);
    await summaries.write(sessionId, { content: '旧', upToPosition: 1 }, 0);
    expect(await summary()).toEqual({ content: '新', upToPosition: 2 });
    await summaries.deleteFrom(sessionId, 2);
    expect(await summary()).toBeDefined();
    await summaries.deleteFrom(sessionId, 1);
    expect(await summary()).toBeUndefined();
  });
});
