import type { Passage } from '../../ai/passage.ts';
import { LexicalIndex } from '../../ai/rag/lexical-index.ts';
import { LexicalSegment } from '../../ai/rag/lexical-segment.ts';
import { isBigram, termsOf } from '../../ai/rag/terms.ts';
import { dingFengBo, jingYeSi, passageOf, weiZheng, xueEr } from '../support/passages.ts';
import { createRandom } from '../support/random.ts';

const weigh = (text: string) => new Map(termsOf(text).map((term) => [term, 1] as const));
const idsOf = (hits: { id: string }[]) => hits.map(({ id }) => id);

describe('the terms of a text', () => {
  it('are its characters and each two neighbours', () => {
    expect(termsOf('学而时')).toEqual(['学', '学而', '而', '而时', '时']);
    expect(termsOf('')).toEqual([]);
  });

  it('keep a Latin word whole and a rare character whole', () => {
    expect(termsOf('読tao2道')).toEqual(['読', '読tao2', 'tao2', 'tao2道', '道']);
    expect(termsOf('𠀀')).toEqual(['𠀀']);
  });

  it('tell pairs from single characters and words', () => {
    expect(['学而', '𠀀𠀁', 'tao道'].every(isBigram)).toBe(true);
    expect(['学', '𠀀', 'tao', ''].some(isBigram)).toBe(false);
  });
});

describe('a segment', () => {
  const document = (id: string, terms: [string, number][]) => ({
    id,
    terms: new Map(terms),
    length: 10,
  });
  const postings = (segment: LexicalSegment, term: string) => {
    const found: [string | undefined, number][] = [];
    segment.forEachPosting(term, (at, times) => found.push([segment.ids[at], times]));
    return found;
  };

  it('gives back for each term just the documents that hold it', () => {
    const segment = new LexicalSegment([
      document('a', [['学', 2]]),
      document('b', [['思', 1]]),
      document('c', [
        ['思', 3],
        ['学', 1],
      ]),
    ]);
    expect(postings(segment, '学')).toEqual([
      ['a', 2],
      ['c', 1],
    ]);
    expect(postings(segment, '思')).toEqual([
      ['b', 1],
      ['c', 3],
    ]);
    expect(postings(segment, '无')).toEqual([]);
    expect(segment.documentFrequency('学')).toBe(2);
    expect(segment.totalLength).toBe(30);
  });

  it('counts no further than 255, and may be empty', () => {
    expect(postings(new LexicalSegment([document('a', [['之', 1_000]])]), '之')).toEqual([
      ['a', 255],
    ]);
    expect(new LexicalSegment([]).documentFrequency('之')).toBe(0);
  });
});

/** BM25 as the textbook has it, over all passages at once. */
function textbookScores(passages: readonly Passage[], question: ReadonlyMap<string, number>) {
  const documents = passages.map(({ id, text, work, chapter, author }) => ({
    id,
    length: termsOf(text).length,
    terms: [text, work, chapter, author ?? ''].flatMap(termsOf),
  }));
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const scored = documents.map(({ id, length, terms }) => {
    let score = 0;
    for (const [term, weight] of question) {
      const times = terms.filter((other) => other === term).length;
      const holding = documents.filter((other) => other.terms.includes(term)).length;
      const idf = Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5));
      score += (weight * idf * times * 2.2) / (times + 1.2 * (0.4 + (0.6 * length) / average));
    }
    return [id, score] as const;
  });
  return new Map(scored.filter(([, score]) => score > 0));
}

describe('lexical retrieval', () => {
  it('scores small libraries as the textbook does, however they are cut into works', () => {
    const random = createRandom(7);
    const characters = [...'天地玄黄宇宙洪荒'];
    for (let round = 0; round < 40; round += 1) {
      const passages = Array.from({ length: 1 + random.below(12) }, (_, n) =>
        passageOf(`p${n}`, random.text(characters, 1 + random.below(20)), {
          workId: `w${random.below(3)}`,
          work: random.text(characters, 2),
          author: random.pick(['李白', null]),
        }),
      );
      const index = new LexicalIndex();
      for (const id of ['w0', 'w1', 'w2']) {
        const own = passages.filter(({ workId }) => workId === id);
        index.put(id, own, []);
      }
      const question = weigh(random.text(characters, 4));
      const expected = textbookScores(passages, question);
      const hits = index.search(question, 100);
      expect(hits).toHaveLength(expected.size);
      for (const { id, score } of hits) expect(score).toBeCloseTo(expected.get(id) ?? 0, 4);
      expect(hits.map(({ score }) => score)).toEqual(
        hits.map(({ score }) => score).sort((a, b) => b - a),
      );
    }
  });

  it('finds nothing in an empty library, by no terms and by unknown ones', () => {
    const index = new LexicalIndex();
    expect(index.search(weigh('学'), 5)).toEqual([]);
    index.put('lunyu', [], []);
    expect(index.search(weigh('学'), 5)).toEqual([]);
    index.put('lunyu', [xueEr], []);
    expect(index.search(new Map(), 5)).toEqual([]);
    expect(index.search(weigh('电脑'), 5)).toEqual([]);
  });

  it('finds a passage by its author, dynasty, work, chapter or another name of the work', () => {
    const index = new LexicalIndex();
    index.put('libai', [jingYeSi], ['青莲']);
    index.put('sushi', [dingFengBo], []);
    for (const name of ['李白', '唐', '诗选', '夜思', '青莲']) {
      expect(index.search(weigh(name), 5)[0]?.id).toBe('libai-1');
    }
  });

  it('finds a passage of no words but its names', () => {
    const index = new LexicalIndex();
    index.put('libai', [{ ...jingYeSi, text: '……' }], []);
    expect(idsOf(index.search(weigh('李白'), 5))).toEqual(['libai-1']);
  });

  it('looks into one work only when told so, and gives no more than asked for', () => {
    const index = new LexicalIndex();
    index.put('lunyu', [xueEr, weiZheng], []);
    index.put('mengzi', [passageOf('mengzi-1', '学问之道无他', { workId: 'mengzi' })], []);
    expect(idsOf(index.search(weigh('学'), 5, 'mengzi'))).toEqual(['mengzi-1']);
    expect(index.search(weigh('学'), 5, 'zhuangzi')).toEqual([]);
    expect(index.search(weigh('学'), 2)).toHaveLength(2);
    expect(index.search(weigh('学'), 0)).toEqual([]);
  });

  it('is after put, replace and remove as if the work had never been there', () => {
    const fresh = new LexicalIndex();
    fresh.put('lunyu', [xueEr], ['孔子']);
    const used = new LexicalIndex();
    used.put('lunyu', [weiZheng, dingFengBo], ['东坡']);
    used.put('libai', [jingYeSi], ['青莲']);
    used.put('lunyu', [xueEr], ['孔子']);
    used.remove('libai');
    used.remove('nobody');
    for (const words of ['学而', '东坡', '明月', '孔子', '吟啸']) {
      expect(used.search(weigh(words), 9)).toEqual(fresh.search(weigh(words), 9));
      expect(used.inverseDocumentFrequency(words)).toBe(fresh.inverseDocumentFrequency(words));
    }
  });
});
