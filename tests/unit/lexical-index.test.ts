import type { Passage, PassageReading } from '../../ai/passage.ts';
import { FIELD_SETTINGS, K1, LexicalIndex } from '../../ai/rag/lexical-index.ts';
import { FIELDS, fieldTerms, fieldTexts, mapFields } from '../../ai/rag/passage-fields.ts';
import { Postings, PostingsBuilder } from '../../ai/rag/postings.ts';
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

describe('the postings of a field', () => {
  const postings = (...documents: string[][]) => {
    const builder = new PostingsBuilder();
    for (const terms of documents) builder.add(terms);
    return new Postings(builder);
  };
  const found = (within: Postings, term: string) => {
    const hits: [number, number][] = [];
    within.forEach(term, (document, times) => hits.push([document, times]));
    return hits;
  };

  it('give back for each term just the documents that hold it', () => {
    const within = postings(['学', '学'], ['思'], [], ['思', '学', '思', '思']);
    expect(found(within, '学')).toEqual([
      [0, 2],
      [3, 1],
    ]);
    expect(found(within, '思')).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(found(within, '无')).toEqual([]);
    expect(within.documentFrequency('学')).toBe(2);
    expect([...within.lengths]).toEqual([2, 1, 0, 4]);
    expect(within).toMatchObject({ totalLength: 7, filled: 3 });
  });

  it('count no further than 255, and may be empty', () => {
    expect(found(postings(Array(1_000).fill('之')), '之')).toEqual([[0, 255]]);
    expect(postings().documentFrequency('之')).toBe(0);
  });
});

/** BM25F as the textbook has it, over all passages at once. */
function textbookScores(passages: readonly Passage[], question: ReadonlyMap<string, number>) {
  const documents = passages.map((passage) => ({
    id: passage.id,
    terms: fieldTerms(fieldTexts(passage, [])),
  }));
  const average = mapFields((field) => {
    const lengths = documents.map(({ terms }) => terms[field].length).filter((each) => each > 0);
    return lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  });
  const scored = documents.map(({ id, terms }) => {
    let score = 0;
    for (const [term, weight] of question) {
      const holding = FIELDS.map(
        (field) => documents.filter((other) => other.terms[field].includes(term)).length,
      );
      const most = Math.max(...holding);
      const idf = Math.log(1 + (documents.length - most + 0.5) / (most + 0.5));
      const frequency = FIELDS.reduce((sum, field) => {
        const times = terms[field].filter((other) => other === term).length;
        if (times === 0) return sum;
        const { b, weight: boost } = FIELD_SETTINGS[field];
        return sum + (boost * times) / (1 - b + (b * terms[field].length) / average[field]);
      }, 0);
      score += (weight * idf * frequency * (K1 + 1)) / (frequency + K1);
    }
    return [id, score] as const;
  });
  return new Map(scored.filter(([, score]) => score > 0));
}

const readingOf = (words: () => string): PassageReading => ({
  ...{ source: 'editorial', translation: words(), gist: words(), questions: [], notes: [] },
  themes: [words(), words()],
  doubt: null,
});

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
          ...(n % 2 === 0
            ? {}
            : { reading: readingOf(() => random.text(characters, 1 + random.below(9))) }),
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

  it('finds a passage by what is said of it today, and does not count thrice what is said thrice', () => {
    const moon = readingOf(() => '明月');
    const index = new LexicalIndex();
    index.put('libai', [{ ...jingYeSi, text: '床前', reading: moon }], []);
    expect(idsOf(index.search(weigh('明月'), 5))).toEqual(['libai-1']);
    const once = index.search(weigh('明'), 5)[0]?.score ?? 0;
    index.put('libai', [{ ...jingYeSi, text: '明月床前', reading: moon }], []);
    expect((index.search(weigh('明'), 5)[0]?.score ?? 0) / once).toBeLessThan(1.5);
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
