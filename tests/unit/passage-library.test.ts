import {
  dingFengBo,
  jingYeSi,
  libraryOf,
  passageOf,
  weiZheng,
  xueEr,
} from '../support/passages.ts';

describe('the library of a process', () => {
  it('knows its works and passages, and their folded words and names', () => {
    const library = libraryOf([xueEr, weiZheng, jingYeSi], { libai: ['青蓮居士'] });
    expect(library.workIds).toEqual(['lunyu', 'libai']);
    expect(library.passageCount).toBe(3);
    expect(library.passage('libai-1')).toBe(jingYeSi);
    const { text, names } = library.folded('libai-1');
    expect(text).toBe('床前明月光疑是地上霜举头望明月低头思故乡');
    for (const name of ['李白诗选', '静夜思', '李白', '青莲居士']) expect(names).toContain(name);
  });

  it('has nothing under an id it does not know', () => {
    const library = libraryOf([xueEr]);
    expect(library.passage('gone')).toBeUndefined();
    expect(library.folded('gone')).toEqual({ text: '', names: '', reading: '' });
  });

  it('replaces a work as a whole, for every way of finding', () => {
    const library = libraryOf([xueEr, jingYeSi]);
    library.put({ id: 'lunyu', aliases: ['孔子'], passages: [weiZheng] });
    expect(library.passageCount).toBe(2);
    expect(library.passage('xueer-1')).toBeUndefined();
    expect(library.folded('xueer-1').text).toBe('');
    expect(library.quotations.findExact('学而时习之')).toBeUndefined();
    expect(library.quotations.findExact('学而不思')?.passage).toBe(weiZheng);
    expect(library.lexical.search(new Map([['时习', 1]]), 5)).toEqual([]);
    expect(library.lexical.search(new Map([['孔子', 1]]), 5)).toHaveLength(1);
  });

  it('lets a large work arrive in slices: until it is whole, what was there before is found', async () => {
    const library = libraryOf([xueEr, jingYeSi]);
    const seen: unknown[] = [];
    async function* slices() {
      yield [weiZheng];
      seen.push(library.passage('xueer-1'), library.passage('weizheng-1'));
      seen.push(library.quotations.findExact('学而不思'), library.passageCount);
      yield [passageOf('weizheng-2', '温故而知新，可以为师矣。')];
      seen.push(library.lexical.search(new Map([['温故', 1]]), 5));
    }
    await library.receive({ id: 'lunyu', aliases: [], slices: slices() });
    expect(seen).toEqual([xueEr, undefined, undefined, 2, []]);
    expect(library.passage('xueer-1')).toBeUndefined();
    expect(library.passage('weizheng-2')).toBeDefined();
    expect(library.quotations.findExact('学而不思')?.passage).toBe(weiZheng);
    expect(library.lexical.search(new Map([['温故', 1]]), 5)).toHaveLength(1);
  });

  it('is as it was when the slices of an arriving work end with an error', async () => {
    const library = libraryOf([xueEr]);
    async function* broken() {
      yield [weiZheng];
      throw new Error('the database went away');
    }
    const arriving = library.receive({ id: 'lunyu', aliases: [], slices: broken() });
    await expect(arriving).rejects.toThrow('went away');
    expect(library.passage('xueer-1')).toBe(xueEr);
    expect(library.passage('weizheng-1')).toBeUndefined();
  });

  it('is empty again when all works are removed, and can be filled anew', () => {
    const library = libraryOf([xueEr, dingFengBo]);
    for (const id of ['lunyu', 'sushi', 'nobody']) library.remove(id);
    expect([library.workIds, library.passageCount]).toEqual([[], 0]);
    expect(library.quotations.findExact('学而时习之')).toBeUndefined();
    expect(library.lexical.search(new Map([['学', 1]]), 5)).toEqual([]);
    library.put({ id: 'sushi', aliases: [], passages: [dingFengBo] });
    expect(library.quotations.findExact('吟啸且徐行')?.passage).toBe(dingFengBo);
  });

  it('knows chapters by the names that learners use, in either script', () => {
    const poem = passageOf('guanju-1', '关关雎鸠，在河之洲。', {
      ...{ workId: 'shijing', work: '诗经', chapterId: 'guanju', chapter: '国风·周南·关雎' },
    });
    const spring = passageOf('chunyuan-1', '打起黄莺儿，莫教枝上啼。', {
      ...{ workId: 'tangshi', work: '唐诗', chapterId: 'chunyuan', chapter: '春怨（金昌緒）' },
    });
    const later = passageOf('weizheng-2', '温故而知新，可以为师矣。', {
      ...{ chapterId: 'weizheng', chapter: '为政篇' },
    });
    const library = libraryOf([weiZheng, later, poem, spring]);
    expect(library.titled('关雎')).toEqual([[poem]]);
    expect(library.titled('春怨')).toEqual([[spring]]);
    expect(library.titled('为政')).toEqual([[weiZheng, later]]);
    expect(library.titled('师说')).toEqual([]);
    library.remove('lunyu');
    expect(library.titled('为政')).toEqual([]);
  });

  it('knows what stands beside a passage in its chapter, and nothing beyond it', () => {
    const chapter = { chapterId: 'weizheng', chapter: '为政篇' };
    const later = passageOf('weizheng-2', '温故而知新，可以为师矣。', chapter);
    const library = libraryOf([xueEr, weiZheng, later, dingFengBo]);
    expect(library.neighbours('weizheng-1')).toEqual({ previous: undefined, next: later });
    expect(library.neighbours('weizheng-2')).toEqual({ previous: weiZheng, next: undefined });
    expect(library.neighbours('xueer-1')).toEqual({ previous: undefined, next: undefined });
    library.remove('lunyu');
    expect(library.neighbours('weizheng-1')).toEqual({ previous: undefined, next: undefined });
  });
});
