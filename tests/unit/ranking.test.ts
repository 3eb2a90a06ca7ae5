import { createCoverage } from '../../ai/rag/coverage.ts';
import { withoutDuplicates } from '../../ai/rag/deduplication.ts';
import { fuse, type ScoredId } from '../../ai/rag/fusion.ts';
import { misquotedLines } from '../../ai/rag/misquoted-lines.ts';
import { analyseQuestion } from '../../ai/rag/question.ts';
import { QuotationIndex } from '../../ai/rag/quotation-index.ts';
import { isQuotedIn, namedShare, rankingScore } from '../../ai/rag/reranking.ts';
import { passageOf, weiZheng, xueEr } from '../support/passages.ts';
import { createRandom } from '../support/random.ts';

const hits = (scores: Record<string, number>): ScoredId[] =>
  Object.entries(scores).map(([id, score]) => ({ id, score }));
const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);

describe('fusing two lists', () => {
  it('puts first what both lists hold high', () => {
    const fused = fuse([
      { hits: hits({ a: 20, b: 19, c: 1 }), weight: 0.5 },
      { hits: hits({ b: 0.9, d: 0.8, a: 0.1 }), weight: 0.5 },
    ]);
    expect(fused[0]?.id).toBe('b');
    expect(idsOf(fused).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps the order of a list when the other is empty, and gives its best 1', () => {
    const fused = fuse([
      { hits: hits({ a: 3, b: 2, c: 1 }), weight: 0.75 },
      { hits: [], weight: 0.25 },
    ]);
    expect(idsOf(fused)).toEqual(['a', 'b', 'c']);
    expect(fused[0]?.score).toBeCloseTo(1);
  });

  it('gives nothing for nothing, and 1 to an only hit, even a dissimilar one', () => {
    expect(fuse([])).toEqual([]);
    expect(fuse([{ hits: [], weight: 1 }])).toEqual([]);
    expect(fuse([{ hits: hits({ a: -0.3 }), weight: 1 }])).toEqual([{ id: 'a', score: 1 }]);
  });

  it('gives scores from 0 to 1, best first, that do not depend on the scale of either list', () => {
    const random = createRandom(11);
    for (let round = 0; round < 100; round += 1) {
      const list = () =>
        Array.from({ length: random.below(8) }, (_, n) => ({
          id: `p${n}`,
          score: random.below(1000) / 100 - 5,
        }));
      const [lexical, dense] = [list(), list()];
      const fusedAt = (factor: number) =>
        fuse([
          { hits: lexical.map((hit) => ({ ...hit, score: hit.score * factor })), weight: 0.75 },
          { hits: dense, weight: 0.25 },
        ]);
      const fused = fusedAt(1);
      const scores = fused.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      for (const score of scores) {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1 + 1e-9);
      }
      const scaled = new Map(fusedAt(8).map(({ id, score }) => [id, score]));
      for (const { id, score } of fused) expect(scaled.get(id)).toBeCloseTo(score, 6);
    }
  });
});

describe('leaving out what repeats a better passage', () => {
  const ranked = (texts: string[]) =>
    texts.map((text, n) => ({ passage: passageOf(`p${n}`, text), score: 1 - n / 10 }));
  const kept = (texts: string[], limit = 9) =>
    withoutDuplicates(ranked(texts), limit, (id) => texts[Number(id.slice(1))] ?? '').map(
      ({ passage }) => passage.text,
    );

  it('keeps of two editions the better one, and goes on to the next text', () => {
    const song = '床前明月光疑是地上霜举头望明月低头思故乡';
    const editions = [song, song.replace('床', '牀'), '春眠不觉晓处处闻啼鸟'];
    expect(kept(editions, 2)).toEqual([song, '春眠不觉晓处处闻啼鸟']);
  });

  it('keeps two poems that share a line', () => {
    const poems = ['春眠不觉晓处处闻啼鸟', '春眠不觉晓夜来风雨声'];
    expect(kept(poems)).toEqual(poems);
  });

  it('keeps the order and gives no more than asked for', () => {
    const texts = ['天地', '玄黄', '宇宙', '洪荒'];
    expect(kept(texts, 3)).toEqual(texts.slice(0, 3));
    expect(kept(texts, 0)).toEqual([]);
  });

  it('does not take passages without words for one another', () => {
    expect(kept(['', ''])).toHaveLength(2);
  });
});

describe('how much of a question a passage speaks of', () => {
  const rarity: Record<string, number> = { 月亮: 5, 月: 1, 李白: 3 };
  const lexical = { inverseDocumentFrequency: (term: string) => rarity[term] ?? 0 };
  const coverageOf = createCoverage([['李白'], ['月亮', '月']], lexical);

  it('is everything, nothing or a share that counts the rare more', () => {
    expect(coverageOf('李白床前明月光')).toBe(1);
    expect(coverageOf('学而时习之')).toBe(0);
    expect(coverageOf('李白将进酒')).toBeCloseTo(3 / 4);
    expect(coverageOf('床前明月光')).toBeCloseTo(1 / 4);
  });

  it('does not grow by naming the same thing twice', () => {
    expect(coverageOf('月亮月月')).toBe(coverageOf('月'));
  });

  it('is nothing for a question about nothing', () => {
    expect(createCoverage([], lexical)('李白')).toBe(0);
    expect(createCoverage([['未知']], lexical)('未知')).toBe(0);
  });
});

describe('the order in which passages are shown', () => {
  const question = analyseQuestion('「学而不思则罔」的下一句是什么？');
  const neither = { named: 0, misquoted: 0 };
  const score = (folded: string, coverage = 0.5, likeness = 0) =>
    rankingScore(question, { ...neither, score: 0.5, coverage, likeness, legibility: 1, folded });

  it('prefers the source of a quotation to a passage that is as good otherwise', () => {
    expect(score('子曰学而不思则罔思而不学则殆')).toBeGreaterThan(score('子曰学而时习之'));
  });

  it('does not take three characters in common for a quotation', () => {
    expect(score('学而不')).toBe(score('无'));
    expect(isQuotedIn(question, '学而不')).toBe(false);
    expect(isQuotedIn(question, '学而不思')).toBe(true);
  });

  it('ranks down what cannot be read, unless its words are quoted', () => {
    const damaged = { ...neither, score: 0.5, coverage: 0.5, likeness: 0.5, legibility: 0.2 };
    const whole = { ...damaged, legibility: 1 };
    const rank = (folded: string, signals: typeof damaged) =>
      rankingScore(question, { ...signals, folded });
    expect(rank('无', damaged)).toBeLessThan(rank('无', whole));
    expect(rank('学而不思则罔', damaged)).toBeGreaterThan(rank('无', damaged) + 0.1);
  });

  it('grows with each of its signals and stays between 0 and 1', () => {
    expect(score('学而不思则罔', 0.9)).toBeGreaterThan(score('学而不思则罔', 0.1));
    expect(score('学而不思则罔', 0.5, 0.9)).toBeGreaterThan(score('学而不思则罔', 0.5, 0.1));
    const perfect = {
      ...{ score: 1, coverage: 1, likeness: 1, legibility: 1, folded: '学而不思则罔' },
      ...{ named: 1, misquoted: 1 },
    };
    expect(rankingScore(question, perfect)).toBeLessThanOrEqual(1);
    expect(rankingScore(analyseQuestion('学而不思则罔'), perfect)).toBe(1);
    const nothing = {
      ...neither,
      score: 0,
      coverage: 0,
      likeness: -0.2,
      legibility: 1,
      folded: '',
    };
    expect(rankingScore(analyseQuestion('？'), nothing)).toBe(0);
  });
});

describe('a question that names where to look', () => {
  it('is so much about a name as the name is of it', () => {
    const names = ['唐诗三百首', '春望', '杜甫', '春'];
    expect(namedShare(analyseQuestion('春望的第一句是什么'), names)).toBe(1);
    expect(namedShare(analyseQuestion('杜甫写战争的诗'), names)).toBeCloseTo(1 / 2);
    expect(namedShare(analyseQuestion('春天的诗'), names)).toBe(0);
    expect(namedShare(analyseQuestion('？'), names)).toBe(0);
  });
});

describe('a question that has a line with a slip in it', () => {
  it('leads to where the line stands, and says how much of it is right', () => {
    const index = new QuotationIndex();
    index.put('lunyu', [xueEr, weiZheng]);
    const lines = misquotedLines(analyseQuestion('「学而不想则罔」出自哪里？'), index);
    expect([...lines]).toEqual([[weiZheng.id, expect.closeTo(5 / 6)]]);
    expect(misquotedLines(analyseQuestion('怎样交朋友才算真诚？'), index).size).toBe(0);
  });
});
