import { jest } from '@jest/globals';
import { inspectFile } from '../../../corpus/uploads/inspect-file.ts';
import {
  docxOf,
  epubOf,
  paragraphOf,
  readBack,
  withFile,
  zipOf,
} from '../../support/upload-files.ts';

jest.setTimeout(60_000);

const LEARN = '子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？」';
const RULE = '子曰：「為政以德，譬如北辰，居其所而眾星共之。」';
const CHAPTERS = { 第一回: [LEARN], 第二回: [RULE] };
const BODY = `第一回\n${LEARN}\n第二回\n${RULE}\n`;

/** What a file says it is called, and the book that is read under a name somebody else gave it. */
async function understood(fileName: string, content: string | Buffer) {
  const { names } = await withFile(content, (path) => inspectFile(path, fileName));
  const { book, report } = await readBack(fileName, content, { title: '別名' });
  return { names, book, reasons: report.skipped.map(({ reason }) => reason) };
}

const DREAM = { title: '紅樓夢', author: '曹雪芹', dynasty: '清' };
const UNSIGNED = { title: '紅樓夢', author: null, dynasty: null };
const NOTHING = { title: null, author: null, dynasty: null };

describe('a plain text says what it is called', () => {
  it.each<[string, string, object]>([
    ['by labels', '书名：紅樓夢\n作者：曹雪芹\n朝代：清\n\n', DREAM],
    ['by labels, in traditional script', '標題: 紅樓夢\n作者: [清] 曹雪芹\n', DREAM],
    ['in its first line', '紅樓夢\n\n', UNSIGNED],
    ['and in brackets', '《紅樓夢》\n\n', UNSIGNED],
    ['with its author under it', '紅樓夢\n（清）曹雪芹 著\n\n', DREAM],
    ['with a bare name under it', '紅樓夢\n曹雪芹\n', { ...DREAM, dynasty: null }],
    ['with labels under it', '紅樓夢\n\n作者：清·曹雪芹\n\n', DREAM],
  ])('%s', async (_, front, names) => {
    const read = await understood('a.txt', front + BODY);
    expect(read).toMatchObject({ names, book: CHAPTERS });
    expect(read.reasons.length).toBeGreaterThan(0);
  });

  it('before a table of contents', async () => {
    const read = await understood('a.txt', `紅樓夢\n\n目錄\n第一回\n第二回\n\n${BODY}`);
    expect(read).toMatchObject({ names: UNSIGNED, book: CHAPTERS });
  });

  it.each<[string, string]>([
    ['its first line is a heading', BODY],
    ['its first line is that of a chapter', `學而\n\n${LEARN}\n\n為政\n\n${RULE}\n`],
    ['each poem has a name and a poet', `静夜思\n李白\n${LEARN}\n\n春晓\n孟浩然\n${RULE}\n`],
    ['each poem has its labels', `标题：甲\n作者：李白\n${LEARN}\n标题：乙\n作者：杜甫\n${RULE}\n`],
    ['each poem is in brackets', `《甲》\n\n《乙》\n${LEARN}\n《丙》\n${RULE}\n`],
    ['it is text and translation', `古文：${LEARN}\n现代文：学。\n`],
  ])('but not where %s', async (_, text) => {
    expect((await understood('a.txt', text)).names).toEqual(NOTHING);
  });

  it('and text before its first heading is a chapter of that name', async () => {
    const { book } = await understood('a.txt', `书名：紅樓夢\n\n${LEARN}\n\n第一回\n${RULE}\n`);
    expect(book).toEqual({ 紅樓夢: [LEARN], 第一回: [RULE] });
  });

  it('and among several it stands before its chapters', async () => {
    const zip = await zipOf({
      '1.txt': `紅樓夢\n\n${BODY}`,
      '2.txt': `水滸傳\n\n第一回\n${RULE}\n`,
    });
    const { names, book } = await understood('a.zip', zip);
    expect(names).toEqual(NOTHING);
    expect(Object.keys(book)).toEqual(['紅樓夢·第一回', '紅樓夢·第二回', '水滸傳·第一回']);
  });
});

describe('Markdown says what it is called', () => {
  const body = `## 第一回\n\n${LEARN}\n\n## 第二回\n\n${RULE}\n`;

  it.each<[string, string, object]>([
    ['by its one great heading', '# 紅樓夢\n\n', UNSIGNED],
    ['with its author under it', '# 紅樓夢\n\n**作者**：清·曹雪芹\n\n', DREAM],
    ['in its head', '---\ntitle: "紅樓夢"\nauthor: 曹雪芹\ndynasty: 清\n---\n\n', DREAM],
  ])('%s', async (_, front, names) => {
    expect(await understood('a.md', front + body)).toMatchObject({ names, book: CHAPTERS });
  });

  it('but not where there are several such headings, or it is that of a chapter', async () => {
    const several = await understood('a.md', body.replaceAll('##', '#'));
    expect(several).toMatchObject({ names: NOTHING, book: CHAPTERS });
    const volume = await understood('a.md', `# 卷一\n\n${body}`);
    expect(volume.names).toEqual(NOTHING);
    expect(Object.keys(volume.book)).toEqual(['卷一·第一回', '卷一·第二回']);
  });
});

describe('JSON says what it is called', () => {
  const chapters = [
    { title: '第一回', paragraphs: [LEARN] },
    { title: '第二回', paragraphs: [RULE] },
  ];

  it.each([
    { title: '紅樓夢', author: '曹雪芹', dynasty: '清', chapters },
    { 书名: '紅樓夢', 作者: '曹雪芹', 朝代: '清', 内容: chapters },
  ])('%j', async (json) => {
    const read = await understood('a.json', JSON.stringify(json));
    expect(read).toMatchObject({ names: DREAM, book: CHAPTERS });
  });

  it('but not by one of several records, or in no Chinese', async () => {
    const lines = chapters.map((chapter) => JSON.stringify(chapter)).join('\n');
    for (const text of [
      JSON.stringify(chapters),
      lines,
      JSON.stringify({ name: 'data', chapters }),
    ]) {
      expect((await understood('a.json', text)).names).toEqual(NOTHING);
    }
  });
});

describe('a Word document says what it is called', () => {
  const style = (id: string, name: string) =>
    `<w:style w:styleId="${id}"><w:name w:val="${name}"/></w:style>`;
  const styles = {
    'word/styles.xml': `<w:styles>${style('T', 'Title')}${style('1', 'heading 1')}</w:styles>`,
  };
  const properties = {
    'docProps/core.xml':
      '<p xmlns:dc="x"><dc:title>紅樓夢</dc:title><dc:creator>王小明</dc:creator></p>',
  };
  const body = [
    ['第一回', LEARN],
    ['第二回', RULE],
  ]
    .map(([title = '', text = '']) => paragraphOf(title, '1') + paragraphOf(text))
    .join('');

  it('in the style of titles', async () => {
    const front = paragraphOf('紅樓夢', 'T') + paragraphOf('作者：清·曹雪芹');
    const read = await understood('a.docx', await docxOf(front + body, styles));
    expect(read).toMatchObject({ names: DREAM, book: CHAPTERS });
  });

  it('in its properties, whose author is only who typed it', async () => {
    const docx = await docxOf(paragraphOf('紅樓夢') + body, { ...styles, ...properties });
    expect(await understood('a.docx', docx)).toMatchObject({ names: UNSIGNED, book: CHAPTERS });
  });

  it('but not where each chapter has that style', async () => {
    const docx = await docxOf(body.replaceAll('"1"', '"T"'), styles);
    expect(await understood('a.docx', docx)).toMatchObject({ names: NOTHING, book: CHAPTERS });
  });
});

it('an electronic book says what it is called, and its title page is no text', async () => {
  const pages = [
    { file: 'title.xhtml', body: '<h1>紅樓夢</h1><p>曹雪芹 著</p>' },
    { file: 'a.xhtml', body: `<h1>第一回</h1><p>${LEARN}</p><h1>第二回</h1><p>${RULE}</p>` },
  ];
  const epub = await epubOf(pages, [], {
    'OEBPS/content.opf': `<package><metadata xmlns:dc="x"><dc:title>紅樓夢</dc:title><dc:creator opf:role="aut">[清] 曹雪芹</dc:creator><dc:creator opf:role="bkp">某人</dc:creator></metadata><manifest>${pages.map(({ file }) => `<item id="${file}" href="${file}"/>`).join('')}</manifest><spine>${pages.map(({ file }) => `<itemref idref="${file}"/>`).join('')}</spine></package>`,
  });
  expect(await understood('a.epub', epub)).toMatchObject({ names: DREAM, book: CHAPTERS });
});

it('a file that is damaged further inside arrives without a name', async () => {
  const { names } = await withFile('{"title": "紅樓夢", ]', (path) => inspectFile(path, 'a.json'));
  expect(names).toEqual(NOTHING);
});
