import { legibility } from '../../ai/rag/legibility.ts';
import { analyseQuestion } from '../../ai/rag/question.ts';
import { createSupport } from '../../ai/rag/support.ts';

/** Characters of this list are common, all others rare. */
const COMMON = new Set('是谁因一不人天地大小上下子曰学思');
const lexical = { inverseDocumentFrequency: (term: string) => (COMMON.has(term) ? 1 : 6) };

function supportOf(question: string, text: string, names = ''): number {
  return createSupport(analyseQuestion(question), lexical)({ text, names, reading: '' });
}

describe('support', () => {
  it('is full when two pairs of characters are shared', () => {
    expect(supportOf('温故而知新', '子曰温故而知新可以为师矣')).toBe(1);
  });

  it('is full when a modern word and another are met in classical form', () => {
    expect(supportOf('学习和思考', '学而不思则罔思而不学则殆')).toBe(1);
  });

  it('is not earned by single characters that stand anywhere', () => {
    expect(supportOf('爱因斯坦是谁', '节用而爱人使民以时')).toBeLessThan(1);
    expect(supportOf('爱因斯坦是谁', '君子坦荡荡因民之所利')).toBeLessThan(1);
  });

  it('asks no more of a question than it holds', () => {
    expect(supportOf('什么是仁', '里仁为美')).toBe(1);
    expect(supportOf('君子', '君子不器')).toBe(1);
    expect(supportOf('什么是仁', '学而时习之')).toBe(0);
  });

  it('counts a named author as meant', () => {
    expect(supportOf('苏轼悼念亡妻', '十年生死两茫茫', '宋词三百首 江城子 苏轼')).toBe(1);
    expect(supportOf('苏轼悼念亡妻', '十年生死两茫茫', '宋词三百首 江城子 晏殊')).toBeLessThan(1);
  });
});

describe('legibility', () => {
  it('is whole without lacunae and falls with each', () => {
    expect(legibility('学而时习之')).toBe(1);
    expect(legibility('学而□习之')).toBe(0.5);
    expect(legibility('帝●，俯●●')).toBe(0.25);
  });
});
