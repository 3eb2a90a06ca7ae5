import type { Passage } from '../../ai/passage.ts';
import { createRetriever, type RetrievalOptions } from '../../ai/rag/retriever.ts';
import { createRewordedSearch } from '../../ai/reworded-search.ts';
import { jingYeSi, libraryOf, passageOf, weiZheng, xueEr } from '../support/passages.ts';

/** Shares nothing with the question but its sense. */
const QUESTION = '用力太猛和用力太少，哪一种更好？';
const wanted = passageOf('xianjin-1', '子曰：「过犹不及。」');
const met = passageOf('daxue-1', '至於用力之久，而一旦豁然貫通焉，太少則不成。');
const others = [...'猛少种更好'].map((word, n) =>
  passageOf(`other-${n}`, `${word}者，天下之事也。`),
);
const library = libraryOf([met, ...others, wanted, weiZheng, xueEr, jingYeSi]);
const lexical = createRetriever({
  library,
  nearest: async () => [],
  likeness: { to: () => () => 0 },
  onDenseFailure: () => undefined,
});

/** Searches by rule, then with those wordings; says what it asked for. */
function searching(wordings: string[]) {
  const asked: string[] = [];
  const options: RetrievalOptions[] = [];
  const search = createRewordedSearch({
    library,
    retriever: {
      retrieve(question, given) {
        options.push(given);
        return lexical.retrieve(question, given);
      },
    },
    async classicalWording({ question }) {
      asked.push(question);
      return wordings;
    },
  });
  const find = async (question: string, limit = 4) => {
    const plain = await lexical.retrieve(question, { limit });
    const signal = new AbortController().signal;
    return { plain, found: await search({ question }, plain, { limit, signal }) };
  };
  return { find, asked, options };
}

const passagesOf = ({ items }: { items: { passage: Passage }[] }) =>
  items.map(({ passage }) => passage);

describe('a question with other wordings', () => {
  it('finds what has none of its own words, with what it found by itself', async () => {
    const { plain, found } = await searching(['过犹不及']).find(QUESTION);
    expect(passagesOf(plain)).not.toContain(wanted);
    expect(passagesOf(found).slice(0, 2)).toEqual(expect.arrayContaining([wanted, met]));
  });

  it('keeps its best passage when the wordings are wrong', async () => {
    const { plain, found } = await searching(['举头望明月', '无中生有']).find(QUESTION);
    expect(passagesOf(found)[0]).toBe(passagesOf(plain)[0]);
  });

  it('finds what it did by itself when there are none', async () => {
    const { find, options } = searching([]);
    const { plain, found } = await find(QUESTION);
    expect(found).toBe(plain);
    expect(options).toEqual([]);
  });

  it('is not asked for where the library has nothing', async () => {
    const { find, asked } = searching(['过犹不及']);
    expect(passagesOf((await find('？？')).found)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['quotes', '「学而不思」怎么讲？'],
    ['quotes in other marks', '“学而时习之”怎么讲？'],
    ['holds words of the text unmarked', '请问学而不思则罔怎么理解'],
    ['asks where something stands', '用力太少出自哪里'],
    ['asks for a chapter by its title', '讲讲静夜思'],
    ['asks for a text by its title in its marks', '《静夜思》讲了什么'],
    ['is a text rather than a question', `${'用力太少，'.repeat(30)}好吗？`],
  ])('is not asked for when it %s', async (_, question) => {
    const { find, asked } = searching(['过犹不及']);
    const { plain, found } = await find(question);
    expect(passagesOf(plain).length).toBeGreaterThan(0);
    expect(found).toBe(plain);
    expect(asked).toEqual([]);
  });
});
