import { type Answered, followUpsOf } from '../../ai/follow-ups.ts';
import { createAnswerable } from '../../ai/rag/answerable.ts';
import { DEFAULT_LIMITS } from '../../ai/tutor-chain.ts';
import { jingYeSi, libraryOf, passageOf, weiZheng, xueEr } from '../support/passages.ts';

const after = passageOf('weizheng-2', '子曰：「由，诲女知之乎？知之为知之。」', {
  chapterId: 'weizheng',
  chapter: '为政篇',
});
const library = libraryOf([xueEr, weiZheng, after, jingYeSi]);
const parts = { library, answerable: createAnswerable(library, DEFAULT_LIMITS.minSupport) };
const passages = [xueEr, weiZheng, jingYeSi].map((passage, index) => ({
  ...{ passage, n: index + 1, score: 1 },
}));
const answered: Answered = {
  question: '学与思是什么关系？',
  answer: '「学而不思则罔」[2]',
  passages,
  mode: 'qa',
  asked: [],
  proposed: [],
};
const followUps = (more: Partial<Answered> = {}) => followUpsOf({ ...answered, ...more }, parts);

it('are made of the passages the answer points at', async () => {
  expect(await followUps()).toEqual([
    '「学而不思则罔」的下文讲什么？',
    '「学而不思则罔」里的字词怎么讲？',
    '「学而不思则罔」出自哪里？',
  ]);
});

it('are none that the library cannot answer, or that was just asked', async () => {
  for (const question of await followUps()) expect(await parts.answerable(question)).toBe(true);
  const proposed = ['电脑蓝屏怎么办？', '再讲详细一点？', '「温故而知新」是谁说的？'];
  expect(await followUps({ proposed })).not.toContain('电脑蓝屏怎么办？');
  expect(await followUps({ proposed })).toContain('再讲详细一点？');
  const question = '「学而不思则罔」出自哪里？';
  expect(await followUps({ question })).not.toContain(question);
  expect(await followUps({ question })).toContain('「学而不思则罔」是什么意思？');
});

it('prefer what the model proposes, three in all', async () => {
  const proposed = ['「思而不学则殆」怎么讲？', '「低头思故乡」写的是什么？'];
  const questions = await followUps({ proposed });
  expect(questions).toHaveLength(3);
  expect(questions.slice(0, 2)).toEqual(proposed);
});

it('fit the mode and stay short', async () => {
  const explained = await followUps({ mode: 'explain' });
  expect(explained.join()).not.toContain('字词');
  for (const mode of ['qa', 'explain', 'translate', 'socratic'] as const) {
    const questions = await followUps({ mode, answer: '没有标号' });
    expect(questions.length).toBeGreaterThan(0);
    for (const text of questions) expect([...text].length).toBeLessThanOrEqual(30);
  }
});

it('ask nothing that the answer shows already', async () => {
  const answer = '**《论语·为政篇》**\n「学而不思则罔」[2]\n**字词**\n- 罔（wǎng）：迷惑而无所得';
  const text = (await followUps({ answer })).join();
  expect(text).not.toContain('出自哪里');
  expect(text).not.toContain('字词怎么讲');
  expect(text).toContain('下文讲什么');
});

it('ask nothing that was asked before in the conversation, however it was written', async () => {
  const asked = ['「學而不思則罔」出自哪裏', '学而不思则罔的下文讲什么'];
  const questions = await followUps({ asked });
  expect(questions.join()).not.toContain('出自哪里');
  expect(questions.join()).not.toContain('下文');
  const proposed = ['「思而不学则殆」是谁说的？', '「思而不学则殆」是谁说的'];
  expect((await followUps({ proposed })).filter((text) => text.includes('思而不学'))).toHaveLength(
    1,
  );
});

it('are about the words that were asked about, in simplified wording', async () => {
  const poem = { ...answered, question: '「低头思故乡」怎么理解？', answer: '见[3]' };
  const questions = await followUpsOf(poem, parts);
  expect(questions.join()).toContain('「低頭思故鄉」');
  expect(questions.join().replaceAll(/「[^」]*」/g, '')).not.toMatch(/[詩選靜講]/);
});

it('step by step tell nothing that the learner is to find', async () => {
  const questions = await followUps({ mode: 'socratic' });
  expect(questions[0]).toBe('可以给我一点提示吗？');
  expect(questions.join()).not.toMatch(/什么意思|怎么讲|出自/);
});

it('are none where there was nothing to cite', async () => {
  expect(await followUps({ passages: [], proposed: ['「学而」是什么？'] })).toEqual([]);
});
