import type { Passage } from '../../ai/passage.ts';
import type { PassageLibrary } from '../../ai/rag/passage-library.ts';
import { createRetriever } from '../../ai/rag/retriever.ts';
import {
  dingFengBo,
  jingYeSi,
  libraryOf,
  passageOf,
  weiZheng,
  xueEr,
} from '../support/passages.ts';

const works = [xueEr, weiZheng, jingYeSi, dingFengBo];

/** A retriever whose vector database answers with the given similarities, or not at all. */
function retrieverOver(library: PassageLibrary, similar: Record<string, number> | Error = {}) {
  const failures: unknown[] = [];
  const retriever = createRetriever({
    library,
    nearest: async (_question, k) => {
      if (similar instanceof Error) throw similar;
      const hits = Object.entries(similar).map(([id, score]) => ({ id, score }));
      return hits.slice(0, k);
    },
    likeness: { to: () => () => 0 },
    onDenseFailure: (error) => failures.push(error),
  });
  return { ...retriever, failures };
}

const idsOf = (items: { passage: Passage }[]) => items.map(({ passage }) => passage.id);

describe('retrieval', () => {
  it('cites a line that stands in several works from the first of them', async () => {
    const first = passageOf(
      'sanzijing-1',
      '玉不琢，不成器。人不学，不知义。为人子，方少时，亲师友，习礼仪。',
    );
    const later = passageOf('chongding-1', '玉不琢，不成器。人不学，不知义。', {
      workId: 'chongding',
    });
    const retriever = retrieverOver(libraryOf([first, later]), { 'chongding-1': 0.9 });
    for (const question of ['玉不琢，不成器出自哪里？', '「玉不琢不成器」是什么意思']) {
      const found = await retriever.retrieve(question, { limit: 2 });
      expect(idsOf(found.items)[0]).toBe('sanzijing-1');
    }
  });

  it('answers from the words alone while the vector database is away, and says so', async () => {
    const away = new Error('away');
    const retriever = retrieverOver(libraryOf(works), away);
    const found = await retriever.retrieve('学而不思则罔是什么意思', { limit: 3 });
    expect(found.dense).toBe(false);
    expect(found.items[0]?.passage).toBe(weiZheng);
    expect(found.support).toBe(1);
    expect(retriever.failures).toEqual([away]);
  });

  it('uses both when both answer', async () => {
    const retriever = retrieverOver(libraryOf(works), { 'sushi-1': 0.9 });
    const found = await retriever.retrieve('学而不思则罔', { limit: 4 });
    expect(found.dense).toBe(true);
    expect(idsOf(found.items)).toEqual(expect.arrayContaining(['weizheng-1', 'sushi-1']));
    expect(found.items[0]?.passage).toBe(weiZheng);
  });

  it('finds by meaning what shares no word with the question', async () => {
    const retriever = retrieverOver(libraryOf(works), { 'sushi-1': 0.8 });
    expect(idsOf((await retriever.retrieve('豁达', { limit: 4 })).items)).toEqual(['sushi-1']);
  });

  it('drops vectors of passages that are not in the library', async () => {
    const retriever = retrieverOver(libraryOf(works), { gone: 0.99, 'libai-1': 0.5 });
    const found = await retriever.retrieve('豁达', { limit: 4 });
    expect(idsOf(found.items)).toEqual(['libai-1']);
  });

  it('looks further when the vectors of a work that is only being read in crowd the others out', async () => {
    const crowd = Array.from({ length: 1_500 }, (_, n) => [`arriving-${n}`, 0.9] as const);
    const similar = { ...Object.fromEntries(crowd), 'libai-1': 0.5 };
    const retriever = retrieverOver(libraryOf(works), similar);
    expect(idsOf((await retriever.retrieve('豁达', { limit: 4 })).items)).toEqual(['libai-1']);
  });

  it('finds a passage by its translation, and shows its own words', async () => {
    const reading = {
      source: 'document' as const,
      translation: '只读书而不动脑筋，就会迷惑。',
      gist: null,
      themes: [],
      questions: ['光看书不琢磨行不行？'],
      notes: [],
      doubt: null,
    };
    const read = { ...weiZheng, reading };
    const retriever = retrieverOver(libraryOf([xueEr, read, jingYeSi, dingFengBo]));
    for (const asked of ['不动脑筋会迷惑吗', '光看书不琢磨']) {
      const found = await retriever.retrieve(asked, { limit: 3 });
      expect(found.items[0]?.passage.text).toBe(weiZheng.text);
      expect(found.support).toBeGreaterThan(0.5);
    }
  });

  it('keeps to one work when told so, with words and with vectors', async () => {
    const retriever = retrieverOver(libraryOf(works), { 'xueer-1': 0.99, 'libai-1': 0.5 });
    const found = await retriever.retrieve('学习与明月', { limit: 9, workId: 'libai' });
    expect(idsOf(found.items)).toEqual(['libai-1']);
    const nowhere = await retriever.retrieve('学习', { limit: 9, workId: 'zhuangzi' });
    expect(nowhere).toMatchObject({ items: [], support: 0 });
  });

  it('gives no more than asked for, best first, each text once', async () => {
    const edition = passageOf('other-1', '子曰：「學而不思則罔，思而不學則殆。」', {
      workId: 'jizhu',
      work: '四书章句集注',
    });
    const retriever = retrieverOver(libraryOf([...works, edition]));
    const { items } = await retriever.retrieve('学而不思则罔与学而时习之', { limit: 2 });
    expect(items).toHaveLength(2);
    expect(new Set(idsOf(items)).size).toBe(2);
    expect(idsOf(items).filter((id) => id === 'weizheng-1' || id === 'other-1')).toHaveLength(1);
    expect(items.map(({ score }) => score)).toEqual(
      items.map(({ score }) => score).sort((a, b) => b - a),
    );
  });

  it('finds nothing in an empty library and for a question without words', async () => {
    const empty = await retrieverOver(libraryOf([])).retrieve('学习', { limit: 3 });
    expect(empty).toEqual({ items: [], support: 0, dense: true });
    const silent = await retrieverOver(libraryOf(works)).retrieve('？？', { limit: 3 });
    expect(silent).toMatchObject({ items: [], support: 0 });
  });

  it('does not meet a concept half in the text and half in the name of the work', async () => {
    const careful = passageOf('gu-1', '慎终', { workId: 'gu', work: '日知录' });
    const retriever = retrieverOver(libraryOf([careful]), { 'gu-1': 0.9 });
    // 「整天」 is 「终日」 in the classics.
    expect((await retriever.retrieve('整天', { limit: 1 })).support).toBe(0);
  });
});

describe('the support of a question', () => {
  const shanXing = passageOf('dumu-1', '停车坐爱枫林晚，霜叶红于二月花。', { workId: 'dumu' });
  const duanGe = passageOf('caocao-1', '对酒当歌，人生几何！譬如朝露。', { workId: 'caocao' });
  const retriever = retrieverOver(libraryOf([...works, shanXing, duanGe]));
  const supportOf = async (question: string) =>
    (await retriever.retrieve(question, { limit: 3 })).support;

  it('is high for what the library speaks of and low for what it does not', async () => {
    expect(await supportOf('李白的明月')).toBeGreaterThan(0.8);
    expect(await supportOf('龘靐齉')).toBe(0);
  });

  it('is none for things of today, whatever characters they share with the classics', async () => {
    for (const question of ['几何怎么学', '停车多少钱一个小时', '月球卫星有几个']) {
      expect(await supportOf(question)).toBe(0);
    }
  });

  it('is high for a quoted line that only sounds like today', async () => {
    for (const question of ['停车坐爱枫林晚', '對酒當歌，人生幾何是誰寫的', '「人生几何」']) {
      expect(await supportOf(question)).toBeGreaterThan(0.8);
    }
  });
});
