import { prepareWork } from '../../backend/library/prepare-work.ts';
import { stableId } from '../../backend/stable-id.ts';
import type { SourceChapter, SourceWork } from '../../corpus/source-work.ts';

const chapter = (title: string, ...paragraphs: string[]): SourceChapter => ({
  title,
  author: null,
  dynasty: null,
  form: 'sayings',
  paragraphs,
});

const xueEr = chapter('学而篇', '子曰：「学而时习之，不亦说乎？」', '子曰：「巧言令色，鲜矣仁。」');
const yangHuo = chapter(
  '阳货篇',
  '子曰：「巧言令色，鲜矣仁。」',
  '子曰：「道听而涂说，德之弃也。」',
);

const work = (chapters: SourceChapter[], about: Partial<SourceWork> = {}): SourceWork => ({
  slug: 'lunyu',
  title: '论语',
  author: null,
  dynasty: '春秋',
  category: '四书',
  aliases: ['孔子'],
  chapters,
  irregularities: [],
  ...about,
});

const idsOf = (source: SourceWork) => prepareWork(source, 0).passages.map(({ id }) => id);
const hashOf = (source: SourceWork) => prepareWork(source, 0).work.contentHash;

describe('a stable id', () => {
  it('is a UUID of version 5 and of the variant of RFC 9562, for any names', () => {
    for (let n = 0; n < 300; n += 1) {
      expect(stableId('passage', `学${n}`)).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
  });

  it('never changes: citations of every library rest on it', () => {
    expect(stableId('work', 'lunyu')).toBe('5c59b446-b6b4-5ef1-bfd0-217531af0691');
  });

  it('tells names, their order and their borders apart', () => {
    const ids = [['ab', 'c'], ['a', 'bc'], ['c', 'ab'], ['abc'], ['abc', '']].map((names) =>
      stableId(...names),
    );
    expect(new Set(ids).size).toBe(5);
  });
});

describe('a work made ready for the library', () => {
  it('has chapters and passages in the order of the book, counted', () => {
    const prepared = prepareWork(work([xueEr, yangHuo]), 7);
    expect(prepared.work).toMatchObject({
      slug: 'lunyu',
      position: 7,
      chapterCount: 2,
      passageCount: 4,
      characterCount: 11 + 9 + 9 + 11,
    });
    expect(prepared.chapters.map(({ n, title, passageCount }) => [n, title, passageCount])).toEqual(
      [
        [1, '学而篇', 2],
        [2, '阳货篇', 2],
      ],
    );
    expect(prepared.passages.map(({ n }) => n)).toEqual([1, 2, 1, 2]);
    expect(prepared.passages.every(({ workId }) => workId === prepared.work.id)).toBe(true);
  });

  it('is the same in every run', () => {
    expect(prepareWork(work([xueEr, yangHuo]), 0)).toEqual(prepareWork(work([xueEr, yangHuo]), 0));
  });

  it('keeps the ids of its passages when a chapter moves or another comes before', () => {
    const before = idsOf(work([xueEr, yangHuo]));
    expect(idsOf(work([yangHuo, xueEr])).sort()).toEqual([...before].sort());
    expect(idsOf(work([chapter('序说', '孔子名丘字仲尼。'), xueEr, yangHuo])).slice(1)).toEqual(
      before,
    );
  });

  it('keeps the id of a passage that is only punctuated or spelled otherwise', () => {
    const edition = chapter(
      '学而篇',
      '子曰：「學而時習之！不亦說乎？」',
      ...xueEr.paragraphs.slice(1),
    );
    expect(idsOf(work([edition]))).toEqual(idsOf(work([xueEr])));
    expect(hashOf(work([edition]))).not.toBe(hashOf(work([xueEr])));
  });

  it('tells apart a line that its chapter repeats, and one that another chapter or work has', () => {
    const refrain = chapter('国风', '有朋自远方来。', '有朋自远方来。', '有朋，自远方来！');
    expect(new Set(idsOf(work([refrain]))).size).toBe(3);
    expect(new Set(idsOf(work([xueEr, yangHuo]))).size).toBe(4);
    const here = idsOf(work([xueEr]));
    expect(idsOf(work([xueEr], { slug: 'mengzi' })).some((id) => here.includes(id))).toBe(false);
  });

  it('may be empty', () => {
    expect(prepareWork(work([]), 0)).toMatchObject({ chapters: [], passages: [] });
  });
});

describe('the hash by which a change is noticed', () => {
  const before = hashOf(work([xueEr, yangHuo]));

  it.each<[string, SourceWork]>([
    ['its title', work([xueEr, yangHuo], { title: '論語' })],
    ['its author', work([xueEr, yangHuo], { author: '孔子弟子' })],
    ['its dynasty', work([xueEr, yangHuo], { dynasty: null })],
    ['its category', work([xueEr, yangHuo], { category: '经' })],
    ['another name of it', work([xueEr, yangHuo], { aliases: [] })],
    ['the order of its chapters', work([yangHuo, xueEr])],
    ['the title of a chapter', work([xueEr, { ...yangHuo, title: '阳货第十七' }])],
    ['the author of a chapter', work([xueEr, { ...yangHuo, author: '朱熹' }])],
    [
      'a comma',
      work([
        chapter('学而篇', '子曰：「学而时习之不亦说乎？」', '子曰：「巧言令色，鲜矣仁。」'),
        yangHuo,
      ]),
    ],
  ])('changes with %s', (_, changed) => {
    expect(hashOf(changed)).not.toBe(before);
  });

  it('changes when a passage goes from one chapter to the next', () => {
    const [first = '', second = ''] = xueEr.paragraphs;
    const moved = [chapter('学而篇', first), chapter('阳货篇', second, ...yangHuo.paragraphs)];
    expect(hashOf(work(moved))).not.toBe(before);
  });

  it('does not change with what is neither shown nor indexed', () => {
    const irregularities = [{ reason: '重复', count: 1, example: '学而' }];
    expect(hashOf(work([xueEr, yangHuo], { irregularities }))).toBe(before);
  });
});
