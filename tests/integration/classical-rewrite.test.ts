import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { CLASSICAL_WORDING_RULES } from '../../ai/prompts/house-rules.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { analects, type SmallWork, writeCorpus } from '../support/small-corpus.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

/** Shares nothing with 「过犹不及」 but its sense. */
const QUESTION = '用力太猛和用力太少，哪一种更好？';
/** On each of these a word of the question, on one enough of them to answer from. */
const sayings: SmallWork = {
  ...analects,
  slug: 'sayings',
  title: '杂说',
  aliases: [],
  chapters: [
    {
      title: '杂说上',
      form: 'sayings',
      paragraphs: [
        '至于用力之久，而一旦豁然贯通焉，太少则不成。',
        ...[...'猛少种更好太哪和'].map((word) => `${word}者，天下之事也，人皆知之。`),
        '子曰：「过犹不及。」',
      ],
    },
  ],
};

describeInOneMode('a question in the words of today', (mode) => {
  let tutor: TutorWithModel;
  let learner: Learner;
  let corpus: string;
  beforeAll(async () => {
    corpus = await mkdtemp(path.join(tmpdir(), 'guoxue-sayings-'));
    await writeCorpus(corpus, [analects, sayings]);
    tutor = await startTutorWithModel(mode, { CORPUS: corpus, CLASSICAL_REWRITE: '1' });
  });
  beforeEach(async () => {
    learner = await asGuest(tutor.service.url);
    tutor.model.requests.length = 0;
    tutor.model.forgetHouse();
  });
  afterAll(async () => {
    await tutor.dispose();
    await rm(corpus, { recursive: true });
  });

  const wordingsAsked = () =>
    tutor.model.houseRequests.filter(
      ({ body }) => body.messages[0]?.content === CLASSICAL_WORDING_RULES,
    );

  /** In a conversation that needs no title, so that nothing else is asked for the house. */
  async function answerTo(question: string) {
    const { id } = await learner.openSession({ title: '问学' });
    const { message } = await learner.askWhole(id, question);
    expect(message.status).toBe('complete');
    return message;
  }

  test('finds a passage that has none of them, and the model is asked for others once', async () => {
    const first = await answerTo(QUESTION);
    expect(first.citations.map(({ text }) => text)).toContain('子曰：「过犹不及。」');
    expect(wordingsAsked()).toHaveLength(1);
    const again = await answerTo('用力太猛，和用力太少，哪一種更好');
    expect(again.citations.map(({ text }) => text)).toContain('子曰：「过犹不及。」');
    expect(wordingsAsked()).toHaveLength(1);
    const line = tutor.service.log.find(
      (each) => 'purpose' in each && each.purpose === 'classical-wording',
    );
    expect(line).toMatchObject({ model: 'deepseek-flash', promptTokens: expect.any(Number) });
  });

  test('is answered without the wordings themselves: they may be wrong', async () => {
    tutor.model.enqueueForHouse({ text: '无中生有之辞' });
    const { citations } = await answerTo('用力太少，是不是更好？');
    expect(wordingsAsked()).toHaveLength(1);
    expect(citations[0]?.text).toContain('用力之久');
    const prompt = JSON.stringify(tutor.model.requests.at(-1)?.body.messages);
    expect(`${prompt}${JSON.stringify(citations)}`).not.toContain('无中生有');
  });

  test.each([
    ['fails', '用力太少，难道不好吗？', { status: 500 as const }],
    ['is slow', '太少和太猛，都用力吗？', { firstDeltaDelayMs: 8_000, text: '过犹不及' }],
  ])('is answered as it is when the model %s', async (_, question, fault) => {
    tutor.model.enqueueForHouse(...Array.from({ length: 5 }, () => fault));
    const began = Date.now();
    const { citations } = await answerTo(question);
    expect(Date.now() - began).toBeLessThan(6_000);
    expect(citations[0]?.text).toContain('用力之久');
    expect(wordingsAsked().length).toBeGreaterThan(0);
  });

  test.each([
    ['a greeting', '老师好！'],
    ['a quotation', '「学而不思则罔」怎么讲？'],
    ['about what the library has nothing on', '手机没电怎么办？'],
  ])('is asked for no other words when it is %s', async (_, question) => {
    await answerTo(question);
    expect(wordingsAsked()).toEqual([]);
  });
});

describeInOneMode('unless it is switched on', (mode) => {
  let tutor: TutorWithModel;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
  });
  afterAll(() => tutor.dispose());

  test('the model is not asked for other wordings', async () => {
    const learner = await asGuest(tutor.service.url);
    const { id } = await learner.openSession({ title: '问学' });
    const { message } = await learner.askWhole(id, '学习的时候应该怎样思考？');
    expect(message.citations.length).toBeGreaterThan(0);
    expect(tutor.model.houseRequests).toEqual([]);
  });
});
