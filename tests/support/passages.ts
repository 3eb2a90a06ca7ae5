import type { Passage } from '../../ai/passage.ts';
import { PassageLibrary } from '../../ai/rag/passage-library.ts';

/** A passage of which only what matters to a test is said. */
export function passageOf(id: string, text: string, about: Partial<Passage> = {}): Passage {
  return {
    id,
    workId: 'lunyu',
    work: '论语',
    chapterId: 'xueer',
    chapter: '学而篇',
    author: null,
    dynasty: null,
    text,
    ...about,
  };
}

/** Works by id, each a list of passages, as a library holds them. */
export function libraryOf(
  passages: readonly Passage[],
  aliases: Record<string, readonly string[]> = {},
): PassageLibrary {
  const library = new PassageLibrary();
  for (const id of new Set(passages.map((passage) => passage.workId))) {
    library.put({
      id,
      aliases: aliases[id] ?? [],
      passages: passages.filter((passage) => passage.workId === id),
    });
  }
  return library;
}

export const xueEr = passageOf(
  'xueer-1',
  '子曰：「学而时习之，不亦说乎？有朋自远方来，不亦乐乎？人不知而不愠，不亦君子乎？」',
);
export const weiZheng = passageOf('weizheng-1', '子曰：「学而不思则罔，思而不学则殆。」', {
  chapterId: 'weizheng',
  chapter: '为政篇',
});
export const jingYeSi = passageOf('libai-1', '牀前明月光，疑是地上霜。\n舉頭望明月，低頭思故鄉。', {
  workId: 'libai',
  work: '李白诗选',
  chapterId: 'jingyesi',
  chapter: '静夜思',
  author: '李白',
  dynasty: '唐',
});
export const dingFengBo = passageOf('sushi-1', '莫听穿林打叶声，何妨吟啸且徐行。', {
  workId: 'sushi',
  work: '苏轼词选',
  chapterId: 'dingfengbo',
  chapter: '定风波',
  author: '苏轼',
  dynasty: '宋',
});
