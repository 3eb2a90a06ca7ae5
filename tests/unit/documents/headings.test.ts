import { jest } from '@jest/globals';
import { bookOf, LEARN, LONG, RULE, STUDY } from '../../support/plain-texts.ts';
import { docxOf, epubOf, paragraphOf, readBack } from '../../support/upload-files.ts';

jest.setTimeout(30_000);

describe('the headings of a plain text', () => {
  it.each([
    ['第一章', '第二章'],
    ['第一回　甄士隱夢幻識通靈', '第二回　賈夫人仙逝揚州城'],
    ['卷一', '卷之二'],
    ['學而第一', '為政第二'],
    ['學而篇第一', '為政篇第二'],
    ['【學而】', '【為政】'],
    ['《學而》', '《為政》'],
    ['# 學而', '## 為政'],
    ['第1章 學而', '第２章 為政'],
    ['自序', '跋'],
    ['其一', '其二'],
    ['（一）', '（二）'],
    ['一', '二'],
  ])('are known by their words: %s', async (first, second) => {
    const book = await bookOf(`${first}\n${LEARN}\n${second}\n${RULE}\n`);
    expect(Object.values(book)).toEqual([[LEARN], [RULE]]);
  });

  it('are known by standing apart, short and bare', async () => {
    const book = await bookOf(`學而\n\n${LEARN}\n${LONG}\n\n為政\n\n${RULE}\n`);
    expect(Object.keys(book)).toEqual(['學而', '為政']);
  });

  it('may have the name of a poet under them', async () => {
    const text =
      '静夜思\n李白\n床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n\n春晓\n唐·孟浩然\n\n春眠不觉晓，处处闻啼鸟。\n夜来风雨声，花落知多少。\n';
    const { book, chapters } = await readBack('a.txt', text);
    expect(Object.values(book).map(({ length }) => length)).toEqual([1, 1]);
    expect(
      chapters.map(({ title, author, dynasty, form }) => [title, author, dynasty, form]),
    ).toEqual([
      ['静夜思', '李白', null, 'verse'],
      ['春晓', '孟浩然', '唐', 'verse'],
    ]);
  });

  it('stand in each other', async () => {
    const book = await bookOf(
      `卷一\n第一回 起\n${LEARN}\n第二回 承\n${RULE}\n卷二\n第三回 轉\n${STUDY}\n`,
    );
    expect(Object.keys(book)).toEqual(['卷一·第一回 起', '卷一·第二回 承', '卷二·第三回 轉']);
  });

  it('of prefaces and appendices stand beside those of chapters, in a volume or not', async () => {
    const titles = async (text: string) => Object.keys(await bookOf(text));
    const matter = ['目錄', '自序', '凡例', '楔子', '引子', '前言', '跋', '附錄 年譜'];
    for (const before of matter) {
      const found = await titles(`${before}\n${LONG}\n第一回 起\n${RULE}\n第二回 承\n${STUDY}\n`);
      expect(found).toEqual([before, '第一回 起', '第二回 承']);
    }
    expect(await titles(`自序\n${LONG}\n一\n${RULE}\n二\n${STUDY}\n`)).toEqual([
      '自序',
      '一',
      '二',
    ]);
    expect(
      await titles(`序\n${LONG}\n卷一\n小引\n${LONG}\n第一回\n${RULE}\n卷二\n第二回\n${STUDY}\n`),
    ).toEqual(['序', '卷一·小引', '卷一·第一回', '卷二·第二回']);
  });

  it('are not what only begins like one, or repeats the title of the book', async () => {
    const line = '第一章言天命之性，率性之道。';
    const { book, report } = await readBack(
      'a.txt',
      `《论语》\n作者：孔子弟子\n\n${line}\n\n故曰：\n\n${LONG}\n`,
      { title: '论语' },
    );
    expect(Object.keys(book)).toEqual(['论语']);
    expect(book.论语?.join('\n')).toContain(line);
    expect(report.skipped.map(({ reason }) => reason)).toEqual(['书名行', '书名、作者行']);
  });

  it('are not the lines of a poem without punctuation', async () => {
    const text = '床前明月光\n疑是地上霜\n\n舉頭望明月\n低頭思故鄉\n';
    expect(Object.keys(await bookOf(text, { title: '靜夜思' }))).toEqual(['靜夜思']);
  });
});

describe('a table of contents', () => {
  const body = `第一回 起\n${RULE}\n第二回 承\n${STUDY}\n第三回 轉\n${LEARN}\n`;

  it.each([
    ['目錄', '第一回　起\n第二回　承\n第三回　轉'],
    ['目 次', '第一回 起……1\n第二回 承……12\n第三回 轉……120'],
    ['【目录】', '\n第一回 起\n\n第二回 承\n\n第三回 轉 3'],
    ['總目', '第一回 起\n第二回 承\n第四回 合'],
  ])('is left out, and said to be: %s', async (heading, list) => {
    const { book, report } = await readBack(
      'a.txt',
      `${heading}\n${list}\n\n前言\n${LONG}\n${body}`,
    );
    const found = Object.keys(book).filter((title) => title !== '第四回 合');
    expect(found).toEqual(['前言', '第一回 起', '第二回 承', '第三回 轉']);
    const [skipped] = report.skipped;
    expect(skipped).toMatchObject({ reason: '目录', example: heading });
    expect(skipped?.count).toBeGreaterThanOrEqual(3);
  });

  it('ends where the first of its headings comes again', async () => {
    const { book } = await readBack(
      'a.txt',
      `目錄\n學而\n為政\n\n學而\n\n${RULE}\n\n為政\n\n${STUDY}\n`,
    );
    expect(book).toEqual({ 學而: [RULE], 為政: [STUDY] });
  });

  it('is text where its lines are no headings below', async () => {
    const { book } = await readBack('a.txt', `目錄\n周易\n尚書\n毛詩\n\n${body}`);
    expect(book.目錄).toEqual(['周易\n尚書\n毛詩']);
  });
});

describe('a table of contents among headings and paragraphs', () => {
  const titles = ['學而', '為政', '第三回 轉'];
  const texts = [LEARN, RULE, STUDY];
  const all = (make: (title: string, at: number) => string) => titles.map(make).join('');
  const parts = (heading: (title: string) => string, text: (text: string) => string) =>
    all((title, at) => `${heading(title)}${text(texts[at] ?? '')}`);
  const preface = '此書凡三篇。';

  const markdown = (lines: string, more = '') =>
    `# 測試之書\n\n${lines}\n\n${more}${parts(
      (title) => `## ${title}\n\n`,
      (text) => `${text}\n\n`,
    )}`;
  const word = (lines: string, more = '') =>
    docxOf(
      `${lines}${more}${parts(
        (title) => paragraphOf(title, '1'),
        (text) => paragraphOf(text),
      )}`,
    );
  const pages = texts.map((text, at) => ({
    file: `${at}.xhtml`,
    body: `<h2>${titles[at]}</h2><p>${text}</p>`,
  }));

  it.each<[string, string, string | Promise<Buffer>]>([
    [
      'a list in Markdown',
      'a.md',
      markdown(`## 目录\n\n${all((each) => `- [${each}](#${each})\n`)}`),
    ],
    ['above them all', 'a.md', markdown(`# 目錄\n\n${all((each) => `${each}\n`)}`)],
    [
      'pages in Word',
      'a.docx',
      word(`${paragraphOf('目录')}${all((each, at) => paragraphOf(`${each} ${at * 9 + 1}`))}`),
    ],
    [
      'a page of a book',
      'a.epub',
      epubOf(
        [
          { file: 'toc.xhtml', body: `<h1>目　录</h1>${all((each) => `<p>${each}</p>`)}` },
          ...pages,
        ],
        [['toc.xhtml', '目录']],
      ),
    ],
  ])('is left out where it is %s', async (_, name, file) => {
    const { book, report } = await readBack(name, await file, { title: '測試之書' });
    expect(book).toEqual({ 學而: [LEARN], 為政: [RULE], '第三回 轉': [STUDY] });
    expect(report.skipped).toEqual([{ reason: '目录', count: 4, example: expect.any(String) }]);
  });

  it('may be followed by a preface that it does not name', async () => {
    const list = `## 目录\n\n${all((each) => `- ${each}\n`)}`;
    const { book } = await readBack('a.md', markdown(list, `## 序\n\n${preface}\n\n`));
    expect(Object.keys(book)).toEqual(['序', ...titles]);
    expect(book.序).toEqual([preface]);
  });

  it('is text where it only lists books', async () => {
    const { book } = await readBack('a.md', markdown('## 目录\n\n- 周易\n- 尚書\n- 毛詩'));
    expect(book.目录?.join()).toContain('尚書');
    const last = await readBack('a.md', `${markdown('')}\n## 目录\n\n- 周易\n- 尚書\n`);
    expect(last.book.目录?.join()).toContain('尚書');
  });
});
