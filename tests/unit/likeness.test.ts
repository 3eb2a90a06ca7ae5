import { loadShippedModel } from '../../ai/rag/embeddings/trained-embeddings.ts';
import { foldText } from '../../ai/rag/folding.ts';
import { Likeness } from '../../ai/rag/likeness.ts';
import type { FoldedPassage } from '../../ai/rag/shelf.ts';

const passage = (text: string, said: readonly string[] = []): FoldedPassage => ({
  text: foldText(text),
  names: '论语',
  reading: said.map(foldText).join(' '),
});

describe('how alike a question and a passage are', () => {
  let likeness: Likeness;
  beforeAll(async () => {
    likeness = new Likeness(await loadShippedModel());
  });

  it('is told from the classical words', () => {
    const to = likeness.to('温习旧的知识，从中得到新的体会');
    const meant = to(passage('子曰：「温故而知新，可以为师矣。」'));
    expect(meant).toBeGreaterThan(to(passage('关关雎鸠，在河之洲。')) + 0.2);
  });

  it('is that of the one thing said of the passage which is most alike, whatever else is said', () => {
    const to = likeness.to('怎样和朋友相处');
    const bare = passage('子贡问友。');
    const read = passage('子贡问友。', ['忠言相劝，不听就算了', '怎样和朋友相处']);
    expect(to(read)).toBeCloseTo(1);
    expect(to(read)).toBeGreaterThan(to(bare));
  });

  it('counts that the work is named, where its text speaks of what is asked', () => {
    const to = likeness.to('论语里怎么谈学习');
    const learning = passage('学而时习之，不亦说乎？');
    expect(to(learning)).toBeGreaterThan(to({ ...learning, names: '木兰诗' }));
    expect(to({ ...learning, names: '木兰诗' })).toBeCloseTo(to({ ...learning, names: '' }));
    expect(to(learning)).toBeGreaterThan(to(passage('乡人饮酒，杖者出，斯出矣。')));
  });

  it('is the same when it is asked again, and by another who has not seen the passage', async () => {
    const seen = passage('学而时习之', ['经常复习']);
    const once = likeness.to('为什么要复习')(seen);
    expect(likeness.to('为什么要复习')(seen)).toBe(once);
    const other = new Likeness(await loadShippedModel());
    expect(other.to('为什么要复习')({ ...seen })).toBe(once);
  });

  it('is the same when it was computed ahead', async () => {
    const ahead = new Likeness(await loadShippedModel());
    const passages = Array.from({ length: 50 }, (_, n) => passage(`学而时习之第${n}章`));
    await Promise.all([ahead.prepare(passages), ahead.prepare([])]);
    const question = '为什么要复习';
    for (const each of passages) {
      expect(ahead.to(question)(each)).toBe(likeness.to(question)({ ...each }));
    }
  });

  it('is nothing for a question or a passage without words', () => {
    expect(likeness.to('？！')(passage('学而时习之'))).toBe(0);
    expect(likeness.to('学习')(passage('……'))).toBe(0);
  });
});
