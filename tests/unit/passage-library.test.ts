import { dingFengBo, jingYeSi, libraryOf, weiZheng, xueEr } from '../support/passages.ts';

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
    expect(library.folded('gone')).toEqual({ text: '', names: '' });
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

  it('is empty again when all works are removed, and can be filled anew', () => {
    const library = libraryOf([xueEr, dingFengBo]);
    for (const id of ['lunyu', 'sushi', 'nobody']) library.remove(id);
    expect([library.workIds, library.passageCount]).toEqual([[], 0]);
    expect(library.quotations.findExact('学而时习之')).toBeUndefined();
    expect(library.lexical.search(new Map([['学', 1]]), 5)).toEqual([]);
    library.put({ id: 'sushi', aliases: [], passages: [dingFengBo] });
    expect(library.quotations.findExact('吟啸且徐行')?.passage).toBe(dingFengBo);
  });
});
