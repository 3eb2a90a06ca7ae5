import { foldText } from '../../ai/rag/folding.ts';
import { isAboutModernThings } from '../../ai/rag/modern-topics.ts';
import { analyseQuestion } from '../../ai/rag/question.ts';

const partsOf = (question: string) => analyseQuestion(question).parts;
const conceptsOf = (question: string) => analyseQuestion(question).concepts;
const isModern = (question: string) => isAboutModernThings(partsOf(question));

describe('what a question is about', () => {
  it.each([
    ['请问「学而时习之」是什么意思？', ['学而时习之']],
    ['「學而時習之」是什麼意思？', ['学而时习之']],
    ['老师好，温故知新出自哪里呢', ['温故知新']],
    ['李白写的诗有哪些', ['李白', '诗']],
    ['床前明月光，疑是地上霜是谁写的', ['床前明月光', '疑是地上霜']],
    ['怎么理解仁', ['仁']],
  ])('%s → %s', (question, parts) => {
    expect(partsOf(question)).toEqual(parts);
  });

  it('keeps the question itself when it does nothing but ask', () => {
    expect(partsOf('是什么意思？')).toEqual(['是什么意思']);
    expect(conceptsOf('是什么意思？').length).toBeGreaterThan(0);
  });

  it('is nothing for a question without a word', () => {
    for (const question of ['', '？？？', '😀', ' \n', '\ud840']) {
      const { parts, concepts, terms } = analyseQuestion(question);
      expect([parts, concepts, [...terms]]).toEqual([[], [], []]);
    }
  });

  it('reads the longest modern word it knows, and else single characters', () => {
    expect(conceptsOf('改正错误')).toHaveLength(1);
    expect(conceptsOf('月亮')).toEqual([expect.arrayContaining(['月亮', '月'])]);
    expect(conceptsOf('仁义')).toEqual([['仁'], ['义']]);
  });

  it('reads a Latin word and a rare character whole, and leaves out modern grammar', () => {
    expect(conceptsOf('tao的𠀀')).toEqual([['tao'], ['𠀀']]);
  });

  it('asks for the classical words as well, for less than its own', () => {
    const { terms } = analyseQuestion('月亮');
    expect(terms.get('月亮')).toBe(1);
    expect(terms.get('月')).toBeGreaterThan(0);
    expect(terms.get('月') ?? 1).toBeLessThan(1);
    expect(terms.has('的')).toBe(false);
  });

  it('is the same in either script', () => {
    const [simplified, traditional] = ['学习与思考有什么关系', '學習與思考有什麼關係'];
    expect(analyseQuestion(traditional)).toEqual(analyseQuestion(simplified));
  });
});

describe('things that the classics cannot know', () => {
  it.each([
    '电脑蓝屏怎么办',
    '怎么用 Python 写排序算法',
    '一元二次方程怎么解',
    '比特币价格多少',
    '電腦藍屏怎麼辦',
  ])('%s is about them', (question) => {
    expect(isModern(question)).toBe(true);
  });

  it.each([
    '学而时习之是什么意思',
    '手机上瘾的时候，古人会怎么样劝人自律、节制自己的欲望',
    '仁的本原，子曰什么',
    '李白有哪些描写月亮的诗',
  ])('%s is not', (question) => {
    expect(isModern(question)).toBe(false);
  });

  it('does not find two halves of a modern word in two sentences', () => {
    const [one, other] = ['本原', '子曰'].map(foldText);
    expect(isAboutModernThings([one ?? '', other ?? ''])).toBe(false);
  });

  it('says nothing of a question without words', () => {
    expect(isAboutModernThings([])).toBe(false);
  });
});
