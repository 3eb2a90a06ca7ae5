import { createPassageEmbeddings } from '../../ai/rag/embeddings/create-passage-embeddings.ts';
import { NgramEmbeddings } from '../../ai/rag/embeddings/ngram-embeddings.ts';

const embeddings = new NgramEmbeddings();

function cosine(left: number[], right: number[]): number {
  return left.reduce((sum, component, axis) => sum + component * (right[axis] ?? 0), 0);
}

async function similarity(left: string, right: string): Promise<number> {
  return cosine(await embeddings.embedQuery(left), await embeddings.embedQuery(right));
}

test('a text always has the same vector, whichever instance and side computes it', async () => {
  const text = '学而时习之不亦说乎';
  const [asPassage] = await new NgramEmbeddings().embedDocuments([text]);
  expect(asPassage).toEqual(await embeddings.embedQuery(text));
  expect(asPassage).toHaveLength(384);
});

test('the space does not change under vectors that are stored already', async () => {
  const tiny = new NgramEmbeddings({ dimension: 6 });
  expect(await tiny.embedQuery('学而时习之')).toMatchInlineSnapshot(`
[
  0,
  0,
  -0.377964,
  -0.377964,
  -0.755929,
  -0.377964,
]
`);
});

test('every vector has length one', async () => {
  for (const text of ['仁', '道可道非常道名可名非常名', 'abc', '𠮷野', '之之之之之', '\ud800']) {
    const vector = await embeddings.embedQuery(text);
    expect(cosine(vector, vector)).toBeCloseTo(1, 4);
  }
});

test('a text without characters has the zero vector, near to nothing', async () => {
  const vector = await embeddings.embedQuery('');
  expect(vector).toEqual(Array(384).fill(0));
  expect(await similarity('', '仁者爱人')).toBe(0);
});

test('texts that share words lie closer than texts that do not', async () => {
  const passage = '子曰学而时习之不亦说乎有朋自远方来不亦乐乎';
  const related = await similarity('有朋自远方来', passage);
  const unrelated = await similarity('关关雎鸠在河之洲', passage);
  expect(related).toBeGreaterThan(0.4);
  expect(Math.abs(unrelated)).toBeLessThan(0.2);
});

test('the order of characters counts', async () => {
  expect(await similarity('道可道非常道', '道可道非常道')).toBeGreaterThan(
    await similarity('道可道非常道', '常道道道非可'),
  );
});

test('raw texts are folded by who hands the fold in', async () => {
  const folding = new NgramEmbeddings({ fold: (text) => text.replaceAll(/[，。]/g, '') });
  expect(await folding.embedQuery('学而时习之，不亦说乎。')).toEqual(
    await folding.embedQuery('学而时习之不亦说乎'),
  );
});

test('weights tilt the space and are part of its name', async () => {
  const weighted = new NgramEmbeddings({
    idf: { name: 'no-particles', weight: (gram) => (/[之乎者也]/.test(gram) ? 0 : 1) },
  });
  expect(weighted.modelName).toBe('ngram-v1-no-particles');
  expect(await weighted.embedQuery('之仁')).toEqual(await weighted.embedQuery('仁'));
  expect(await weighted.embedQuery('之乎者也')).toEqual(Array(384).fill(0));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
  'a weight of %p spoils nothing',
  async (weight) => {
    const spoilt = new NgramEmbeddings({ idf: { name: 'spoilt', weight: () => weight } });
    expect(await spoilt.embedQuery('仁者爱人')).toEqual(Array(384).fill(0));
  },
);

test.each([0, -1, 1.5, Number.NaN])('a dimension of %p is refused', (dimension) => {
  expect(() => new NgramEmbeddings({ dimension })).toThrow(RangeError);
});

test('thousands of texts a second, and others get their turn meanwhile', async () => {
  const texts = Array.from(
    { length: 4_000 },
    (_, index) => '天命之谓性率性之谓道'.repeat(8) + index,
  );
  let turns = 0;
  const ticking = setInterval(() => void turns++, 1);
  const startedAt = performance.now();
  const vectors = await embeddings.embedDocuments(texts);
  clearInterval(ticking);
  expect(vectors).toHaveLength(4_000);
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  expect(turns).toBeGreaterThan(3);
});

test('by settings it is one of the ways to embed passages', async () => {
  const passages = await createPassageEmbeddings({ kind: 'ngram', dimension: 64 });
  expect(passages).toMatchObject({ model: 'ngram-v1', dimension: 64 });
  const [vector] = await passages.embedPassages(['仁者爱人']);
  expect(vector).toEqual(await passages.embedQuery('仁者爱人'));
});
