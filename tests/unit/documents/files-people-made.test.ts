import { jest } from '@jest/globals';
import { epubOf, readBack } from '../../support/upload-files.ts';

jest.setTimeout(60_000);

const AUTUMN = '秋原野火照寒云，猎骑争先逐兔群。';
const SPRING = '春浦潮平绿似天，渔翁醉卧柳边船。';
const TOLD = '秋天原野上的火光照亮寒冷的云层，打猎的骑手们争先恐后地追赶成群的兔子。';

const chaptersOf = (read: Awaited<ReturnType<typeof readBack>>) =>
  read.chapters.map(({ title, author, dynasty }) => [title, author, dynasty]);
const translationsOf = (read: Awaited<ReturnType<typeof readBack>>) =>
  read.passages.map(({ translation }) => translation);

describe('CSV', () => {
  it.each(['诗句', '我的诗'])('never takes a translation for the text under %s', async (name) => {
    const read = await readBack('a.csv', `标题,作者,${name},译文\n秋原,李某,${AUTUMN},${TOLD}\n`);
    expect(read.book).toEqual({ 秋原: [AUTUMN] });
    expect(chaptersOf(read)).toEqual([['秋原', '李某', null]]);
    expect(translationsOf(read)).toEqual([TOLD]);
  });

  it('says what it leaves out, and never makes a passage of headings or notes', async () => {
    const read = await readBack('a.csv', `id,title,诗,注释\n1,秋原,${AUTUMN},${TOLD}\n`);
    expect(read.book).toEqual({ 秋原: [AUTUMN] });
    expect(read.report.skipped).toEqual([{ reason: '未收的列', count: 2, example: 'id' }]);
  });

  it('is parted by Chinese commas only under headings', async () => {
    const lines = [AUTUMN, SPRING].join('\n');
    expect((await readBack('a.csv', lines)).book).toEqual({ 测试之书: [lines] });
    const headed = await readBack('a.csv', '标题，原文\n秋原，秋原野火照寒云\n');
    expect(headed.book).toEqual({ 秋原: ['秋原野火照寒云'] });
  });
});

describe('JSON', () => {
  it('has names after objects, and in them', async () => {
    const read = await readBack(
      'a.json',
      JSON.stringify([
        {
          content: AUTUMN,
          notes: [{ word: '猎骑' }],
          author: { name: '李某', dynasty: '唐' },
          title: '秋原',
          translation: TOLD,
        },
        { paragraphs: [SPRING], meta: { title: '春浦', author: '王某' } },
      ]),
    );
    expect(read.book).toEqual({ 秋原: [AUTUMN], 春浦: [SPRING] });
    expect(chaptersOf(read)).toEqual([
      ['秋原', '李某', '唐'],
      ['春浦', '王某', null],
    ]);
    expect(translationsOf(read)).toEqual([TOLD, null]);
  });

  it('has poems whose lines are objects', async () => {
    const read = await readBack(
      'a.json',
      JSON.stringify([
        { content: [{ 原文: AUTUMN, 译文: TOLD }], title: '秋原' },
        { title: '春浦', lines: SPRING.split(/(?<=，)/u).map((text) => ({ text })) },
      ]),
    );
    expect(chaptersOf(read).map(([title]) => title)).toEqual(['秋原', '春浦']);
    expect(translationsOf(read)).toEqual([TOLD, null]);
  });
});

it('an electronic book whose contents name only volumes keeps the titles in them', async () => {
  const body = `<h1>卷一 五言</h1><h2>秋原</h2><p>${AUTUMN}</p><h2>春浦</h2><p>${SPRING}</p>`;
  const read = await readBack(
    'a.epub',
    await epubOf([{ file: 'a.xhtml', body }], [['a.xhtml', '卷一']]),
  );
  expect(read.book).toEqual({ 卷一·秋原: [AUTUMN], 卷一·春浦: [SPRING] });
});

describe('a plain text', () => {
  it.each([
    ['原文：', '译文：'],
    ['【原文】\n', '【译文】\n'],
  ])('of pairs %j has headings between them', async (classical, modern) => {
    const pair = (title: string, text: string) =>
      `${title}\n\n${classical}${text}\n${modern}${TOLD}\n\n`;
    const read = await readBack('a.txt', pair('第一章 秋原', AUTUMN) + pair('第二章 春浦', SPRING));
    expect(read.book).toEqual({ '第一章 秋原': [AUTUMN], '第二章 春浦': [SPRING] });
    expect(translationsOf(read)).toEqual([TOLD, TOLD]);
  });

  it('of pairs has titles without marks, names under them, and notes left out', async () => {
    const read = await readBack(
      'a.txt',
      `秋原\n李某\n【原文】\n${AUTUMN}\n【注释】\n猎骑：骑马的猎人。\n【译文】\n${TOLD}\n\n春浦\n〔宋〕王某\n【原文】\n${SPRING}\n`,
    );
    expect(read.book).toEqual({ 秋原: [AUTUMN], 春浦: [SPRING] });
    expect(chaptersOf(read).map(([, author]) => author)).toEqual(['李某', '王某']);
  });

  it.each(['唐·李某', '[唐] 李某', '（唐）李某'])('has %s under a title', async (byline) => {
    const read = await readBack('a.txt', `《秋原》\n${byline}\n${AUTUMN}\n\n《春浦》\n${SPRING}\n`);
    expect(read.book).toEqual({ 秋原: [AUTUMN], 春浦: [SPRING] });
    expect(chaptersOf(read)[0]).toEqual(['秋原', '李某', '唐']);
  });
});

it('Markdown may begin with a rule', async () => {
  const read = await readBack('a.md', `---\n\n# 秋原\n\n${AUTUMN}\n\n---\n\n# 春浦\n\n${SPRING}\n`);
  expect(read.book).toEqual({ 秋原: [AUTUMN], 春浦: [SPRING] });
});
