import { jest } from '@jest/globals';
import type { ParseInput } from '../../../backend/documents/parsing/parse-document.ts';
import { prepareWork } from '../../../backend/library/prepare-work.ts';
import { createIrregularityLog } from '../../../corpus/irregularities.ts';
import { guessForm } from '../../../corpus/uploads/structure/guess-form.ts';
import { createTextStructure } from '../../../corpus/uploads/structure/text-structure.ts';
import { docxOf, epubOf, paragraphOf, readBack, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(30_000);

const LEARN = '子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？」';
const RULE = '子曰：「為政以德，譬如北辰，居其所而眾星共之。」';
const STUDY = '子曰：「學而不思則罔，思而不學則殆。」';
const LONG = '臣聞求木之長者，必固其根本；欲流之遠者，必浚其泉源；思國之安者，必積其德義。';

const bookOf = async (text: string, about: Partial<ParseInput> = {}) =>
  (await readBack('a.txt', text, about)).book;

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

describe('the paragraphs of a plain text', () => {
  it('are its lines', async () => {
    expect(await bookOf(`${LEARN}\n${RULE}\n${STUDY}\n`)).toEqual({
      测试之书: [LEARN, RULE, STUDY],
    });
  });

  it('are put together where a margin broke the lines', async () => {
    const paragraph = LONG.repeat(4);
    const wrapped = (text: string) => text.match(/.{1,24}/gu)?.join('\n') ?? '';
    const text = [paragraph, `又曰${paragraph}`, `故曰${paragraph}`].map(wrapped).join('\n\n');
    const book = await bookOf(text);
    const read = book.测试之书?.join('') ?? '';
    expect(read.replaceAll('\n', '')).toBe(`${paragraph}又曰${paragraph}故曰${paragraph}`);
    expect(book.测试之书?.every((passage) => /[。；]$/u.test(passage))).toBe(true);
  });

  it('begin where a line is indented', async () => {
    const text = `　　臣聞求木之長者，必固其根本，欲流之遠\n者，必浚其泉源。\n　　思國之安者，必積其德義。源不深而望流之\n遠，根不固而求木之長。\n　　德不厚而思國之理，臣雖下愚，知其不可，\n而況於明哲乎。\n`;
    const book = await bookOf(text, { form: 'sayings' });
    expect(book.测试之书).toEqual([
      '臣聞求木之長者，必固其根本，欲流之遠者，必浚其泉源。',
      '思國之安者，必積其德義。源不深而望流之遠，根不固而求木之長。',
      '德不厚而思國之理，臣雖下愚，知其不可，而況於明哲乎。',
    ]);
  });
});

describe('a text of many lines without punctuation', () => {
  /** Characters that were looked at by all tests of patterns. */
  function lookedAt(lines: number): number {
    const line = '天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往';
    const profile = { layout: 'wrapped', width: line.length, punctuated: false } as const;
    const silent = { chapter: () => {}, paragraph: () => {}, drain: async () => {} };
    const structure = createTextStructure(
      {
        ...{ sink: silent, log: createIrregularityLog(), workTitle: '書', ownTitle: null },
        ...{ prefix: [], alone: true, untitled: '書' },
        ...{ noteEncoding: () => {}, noteFile: () => {} },
      },
      profile,
    );
    const { test } = RegExp.prototype;
    let looked = 0;
    RegExp.prototype.test = function (text) {
      looked += text.length;
      return test.call(this, text);
    };
    try {
      for (let n = 0; n < lines; n += 1) structure.line(line);
      structure.end();
    } finally {
      RegExp.prototype.test = test;
    }
    return looked;
  }

  it('takes ten times the work for ten times the lines', () => {
    expect(lookedAt(200_000) / lookedAt(20_000)).toBeCloseTo(10, 0);
  });
});

describe('the form of a chapter is guessed', () => {
  it.each([
    ['prose', ['臣聞求木之長者，必固其根本；欲流之遠者，必浚其泉源。']],
    ['prose', ['孟子曰：「無罪而殺士，則大夫可以去；無罪而戮民，則士可以徙。」']],
    ['prose', ['子張曰：「執德不弘，信道不篤，焉能為有？焉能為亡？」']],
    [
      'verse',
      ['明月幾時有，把酒問青天。', '不知天上宮闕，今夕是何年。', '白雲千里萬里，明月前溪後溪。'],
    ],
    ['verse', ['床前明月光，疑是地上霜。', '舉頭望明月，低頭思故鄉。']],
    ['verse', ['草木摇落兮露为霜，三峡之水兮流汤汤。', '我欲绝之兮恨无梁，邈佳人兮天一方。']],
    ['verse', ['兩個黃鸝鳴翠柳', '一行白鷺上青天', '窗含西嶺千秋雪', '門泊東吳萬里船']],
    ['verse', ['关关雎鸠，在河之洲。窈窕淑女，君子好逑。', '参差荇菜，左右流之。']],
    ['primer', Array.from({ length: 10 }, () => '人之初，性本善。')],
    ['sayings', [LEARN, RULE, STUDY]],
    [
      'dialogue',
      [
        '孟子見梁惠王。王曰：「叟！」',
        '曰：「有之。」',
        '曰：「何也？」',
        '孟子對曰：「王何必曰利？」',
      ],
    ],
    [
      'prose',
      [LONG, '凡百元首，承天景命，莫不殷憂而道著，功成而德衰。有善始者實繁，能克終者蓋寡。'],
    ],
    ['prose', []],
  ])('%s', (form, paragraphs) => {
    expect(guessForm(paragraphs)).toBe(form);
  });

  it('but what a person says counts more, and what the source says', async () => {
    const poem = JSON.stringify([
      { title: '甲', paragraphs: [LONG], form: 'sayings' },
      { title: '乙', paragraphs: [LONG] },
    ]);
    const formsOf = async (about: Partial<ParseInput>) =>
      (await readBack('a.json', poem, about)).chapters.map(({ form }) => form);
    expect(await formsOf({})).toEqual(['sayings', 'prose']);
    expect(await formsOf({ form: 'verse' })).toEqual(['verse', 'verse']);
    const chapters = [{ ordinal: 2, form: 'primer' as const }];
    expect(await formsOf({ form: 'verse', corrections: { chapters } })).toEqual([
      'verse',
      'primer',
    ]);
  });
});

describe('what an administrator corrects', () => {
  const text = `第一章\n${LEARN}\n第二章\n${RULE}\n第三章\n${STUDY}\n第四章\n${LONG}\n`;

  it('is a title, an author, a chapter too many, a chapter that goes on', async () => {
    const corrections = {
      chapters: [
        { ordinal: 1, title: '學而', author: '有子' },
        { ordinal: 2, skip: true },
        { ordinal: 4, joinPrevious: true },
      ],
    };
    const { chapters, book, report } = await readBack('a.txt', text, { corrections });
    expect(book).toEqual({ 學而: [LEARN], 第二章: [], 第三章: [`${STUDY}\n${LONG}`] });
    expect(
      chapters.map(({ ordinal, n, skipped, author }) => [ordinal, n, skipped, author]),
    ).toEqual([
      [1, 1, false, '有子'],
      [2, 0, true, null],
      [3, 2, false, null],
    ]);
    expect(chapters[1]).toMatchObject({ opening: RULE, passageCount: 1 });
    expect(report).toMatchObject({ chapters: 2, passages: 2 });
  });
});

describe('the ids of passages', () => {
  it('are those the library gives', async () => {
    const source = {
      slug: 'document-0123456789ab',
      title: '测试之书',
      category: '自备',
      aliases: [],
    };
    const chapter = { title: '學而', author: null, dynasty: null, form: 'sayings' as const };
    const paragraphs = [LEARN, RULE, LEARN, `${LEARN} `, STUDY];
    const prepared = prepareWork(
      {
        ...{ ...source, author: null, dynasty: null, irregularities: [] },
        chapters: [{ ...chapter, paragraphs: paragraphs.map((text) => text.trim()) }],
      },
      0,
    );
    const read = await readBack('a.json', JSON.stringify([{ title: '學而', paragraphs }]));
    expect(read.passages.map(({ id }) => id)).toEqual(prepared.passages.map(({ id }) => id));
    expect(read.chapters[0]?.id).toBe(prepared.chapters[0]?.id);
    expect(new Set(read.passages.map(({ id }) => id)).size).toBe(5);
  });

  it('and the hash of the whole are the same in another format and encoding', async () => {
    const wrapped = LEARN.replace('，', '，\n');
    const files: [string, string | Buffer][] = [
      ['a.txt', `學而\n\n${LEARN}`],
      ['a.txt', Buffer.from(`\ufeff學而\n\n${LEARN}`, 'utf16le')],
      ['a.md', `# 學而\n${wrapped}`],
      ['a.json', JSON.stringify([{ title: '學而', text: LEARN }])],
      ['a.csv', `题目,正文\n學而,${LEARN}`],
      ['a.docx', await docxOf(paragraphOf('學而', '1') + paragraphOf(LEARN))],
      ['a.zip', await zipOf({ '學而.txt': LEARN })],
    ];
    const read = await Promise.all(files.map(([name, content]) => readBack(name, content)));
    expect(new Set(read.map(({ report }) => report.contentHash)).size).toBe(1);
    expect(new Set(read.map(({ passages }) => passages[0]?.id)).size).toBe(1);
  });

  it('are the same in another script and punctuation, but not the hash of what is shown', async () => {
    const simplified = '子曰：“学而时习之，不亦说乎？有朋自远方来，不亦乐乎？”';
    const texts = [LEARN, simplified, LEARN.replace('？', '！')];
    const read = await Promise.all(texts.map((text) => readBack('a.txt', `學而\n\n${text}`)));
    expect(new Set(read.map(({ report }) => report.contentHash)).size).toBe(3);
    expect(new Set(read.map(({ passages }) => passages[0]?.id)).size).toBe(1);
  });

  it('give another hash where headings or the words of a translation differ', async () => {
    const files: [string, string][] = [
      ['a.md', `# 學而\n${LEARN}`],
      ['a.md', `# 學而第一\n${LEARN}`],
      ['a.csv', `题目,正文,译文\n學而,${LEARN},学了又温习`],
      ['a.csv', `题目,正文,译文\n學而,${LEARN},学习而后温习`],
      ['a.json', JSON.stringify([{ title: '學而', author: '某', text: LEARN }])],
    ];
    const read = await Promise.all(files.map(([name, content]) => readBack(name, content)));
    expect(new Set(read.map(({ report }) => report.contentHash)).size).toBe(files.length);
  });

  it('give the same hash under whatever name a text without headings comes', async () => {
    const files = [
      readBack('a.txt', LEARN),
      readBack('a.txt', LEARN, { title: '別名', author: '某' }),
    ];
    const [one, other] = await Promise.all(files);
    expect(one?.report.contentHash).toBe(other?.report.contentHash);
  });
});

describe('the report', () => {
  it('counts characters, script, what is missing and what cannot be shown', async () => {
    const { report } = await readBack('a.txt', `豈□□哉，學而時習。\u200b\n\ue123而已矣。\n`);
    expect(report).toMatchObject({
      format: 'txt',
      files: 1,
      chapters: 1,
      characters: 11,
      script: 'traditional',
      lacunae: { count: 2 },
      unknownCharacters: { count: 1 },
    });
    expect(report.lacunae.examples[0]).toContain('豈□□哉');
    expect(report.skipped).toEqual([
      { reason: '零宽与控制字符', count: 1, example: expect.anything() },
    ]);
  });

  it('knows the script of a text, and a mixed one', async () => {
    const scriptOf = async (text: string) => (await readBack('a.txt', text)).report.script;
    expect(await scriptOf(LEARN + LONG)).toBe('traditional');
    expect(
      await scriptOf('学而时习之，不亦说乎？来说是非者，便是是非人。为学日益，为道日损。'),
    ).toBe('simplified');
    expect(
      await scriptOf(`${LONG}\n为学日益，为道日损。来说是非者，便是是非人。总会见时来运转。`),
    ).toBe('mixed');
    expect(await scriptOf('上下左右。')).toBe('unknown');
  });
});
