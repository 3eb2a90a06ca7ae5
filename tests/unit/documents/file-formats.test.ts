import { jest } from '@jest/globals';
import iconv from 'iconv-lite';
import { docxOf, epubOf, paragraphOf, readBack, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(30_000);

const LEARN = '子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？人不知而不慍，不亦君子乎？」';
const RULE = '子曰：「為政以德，譬如北辰，居其所而眾星共之。」';
const STUDY = '子曰：「学而不思则罔，思而不学则殆。」';

describe('a plain text', () => {
  const text = `學而第一\n\n${LEARN}\n\n為政第二\n\n${RULE}\n`;
  const book = { 學而第一: [LEARN], 為政第二: [RULE] };

  it.each<[string, string | Buffer]>([
    ['UTF-8', text],
    ['UTF-8', `\ufeff${text}`],
    ['UTF-16LE', iconv.encode(text, 'utf-16le', { addBOM: true })],
    ['UTF-16LE', iconv.encode(text, 'utf-16le', { addBOM: false })],
    ['UTF-16BE', iconv.encode(text, 'utf-16be', { addBOM: true })],
    ['UTF-16BE', iconv.encode(text, 'utf-16be', { addBOM: false })],
    ['GB18030', iconv.encode(text, 'gb18030')],
    ['Big5', iconv.encode(text, 'big5')],
  ])('is read in %s', async (encoding, content) => {
    const read = await readBack('论语.txt', content);
    expect(read.report.encoding).toBe(encoding);
    expect(read.book).toEqual(book);
  });

  it.each(['utf8', 'gb18030', 'utf-16le'])(
    'of simplified script is read in %s',
    async (encoding) => {
      const read = await readBack('a.txt', iconv.encode(`为政第二\n\n${STUDY}\n`, encoding));
      expect(read.book).toEqual({ 为政第二: [STUDY] });
      expect(read.report.script).toBe('simplified');
    },
  );

  it('is recognised even if its first part is nothing but English', async () => {
    const preface = 'This text is in the public domain. '.repeat(6_000);
    const read = await readBack('a.txt', iconv.encode(`${preface}\n\n${LEARN.repeat(20)}`, 'big5'));
    expect(read.report.encoding).toBe('Big5');
  });

  it('survives a few broken bytes, which are counted', async () => {
    const bytes = Buffer.from(`${LEARN.repeat(40)}`);
    bytes[300] = 0xff;
    const { report } = await readBack('a.txt', bytes);
    expect(report.encoding).toBe('UTF-8');
    expect(report.unknownCharacters.count).toBeGreaterThan(0);
  });
});

describe('Markdown', () => {
  it('has chapters by its headings, text without marks', async () => {
    const read = await readBack(
      '论语.md',
      `---\ntitle: 论语\n---\n# 测试之书\n\n## 學而\n\n${LEARN.replace('學', '**學**')}[^1]\n\n![图](a.png)\n\n## 為政 ##\n\n> ${RULE}\n\n* ${STUDY}\n`,
    );
    expect(read.book).toEqual({ 學而: [LEARN], 為政: [RULE, STUDY] });
    expect(read.report.skipped.map(({ reason }) => reason)).toContain('文件头信息');
  });

  it('keeps the lines of a poem', async () => {
    const read = await readBack(
      'a.md',
      '# 静夜思\n\n床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。\n',
    );
    expect(read.book).toEqual({
      静夜思: ['床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。'],
    });
  });
});

describe('JSON', () => {
  it.each<[string, unknown, Record<string, string[]>]>([
    [
      'poems',
      [
        { title: '静夜思', author: '李白', paragraphs: ['床前明月光，疑是地上霜。'] },
        { author: '杜甫', paragraphs: ['两个黄鹂鸣翠柳，一行白鹭上青天。'], title: '绝句' },
      ],
      { 静夜思: ['床前明月光，疑是地上霜。'], 绝句: ['两个黄鹂鸣翠柳，一行白鹭上青天。'] },
    ],
    [
      'songs, called by their tunes',
      [{ author: '苏轼', paragraphs: ['明月几时有，把酒问青天。'], rhythmic: '水调歌头' }],
      { 水调歌头·明月几时有: ['明月几时有，把酒问青天。'] },
    ],
    ['chapters', [{ chapter: '学而篇', paragraphs: [LEARN, RULE] }], { 学而篇: [LEARN, RULE] }],
    ['one text', { chapter: '大学', paragraphs: [STUDY] }, { 大学: [STUDY] }],
    [
      'volumes with chapters',
      {
        title: '声律启蒙',
        content: [
          { title: '上卷', content: [{ chapter: '一东', paragraphs: ['云对雨，雪对风。'] }] },
        ],
      },
      { 上卷·一东: ['云对雨，雪对风。'] },
    ],
    [
      'poems in sections',
      [{ title: '关雎', chapter: '国风', section: '周南', content: ['关关雎鸠，在河之洲。'] }],
      { 国风·周南·关雎: ['关关雎鸠，在河之洲。'] },
    ],
    [
      'texts',
      [{ text: STUDY }, { text: RULE }, { text: LEARN }],
      { 测试之书: [STUDY, RULE, LEARN] },
    ],
    ['contents', [{ content: STUDY, comment: ['好。'] }], { 测试之书: [STUDY] }],
    ['strings', [STUDY, RULE], { 测试之书: [STUDY, RULE] }],
    [
      'rows of one chapter',
      [
        { 篇: '为政', 原文: STUDY },
        { 篇: '为政', 原文: RULE },
      ],
      { 为政: [STUDY, RULE] },
    ],
    [
      'a work as this program writes it',
      {
        title: '论语',
        slug: 'lunyu',
        aliases: ['孔子'],
        chapters: [{ title: '学而篇', author: null, form: 'sayings', paragraphs: [LEARN] }],
      },
      { 学而篇: [LEARN] },
    ],
    [
      'lists under their titles',
      { 学而: [LEARN, STUDY], 为政: [RULE] },
      { 学而: [LEARN, STUDY], 为政: [RULE] },
    ],
    [
      'lists under their titles, in volumes of a book',
      { title: '论语', 上论: { 学而: [LEARN], 为政: [RULE] }, 下论: { 先进: [STUDY] } },
      { 上论·学而: [LEARN], 上论·为政: [RULE], 下论·先进: [STUDY] },
    ],
    [
      'lists beside a text',
      { 注释: ['罔：迷惘'], 原文: [STUDY], 出处: ['为政'] },
      { 测试之书: [STUDY] },
    ],
    [
      'data under other names',
      { code: 0, data: { list: [{ name: '学而', body: LEARN }] } },
      { 学而: [LEARN] },
    ],
  ])('of %s', async (_, json, book) => {
    expect((await readBack('a.json', JSON.stringify(json))).book).toEqual(book);
  });

  it('as lines that are a volume each, with its own title', async () => {
    const volume = (title: string, text: string) =>
      JSON.stringify({ title, chapters: [{ title: '其一', paragraphs: [text] }] });
    const text = [volume('上卷', RULE), volume('下卷', STUDY)].join('\n');
    expect((await readBack('a.json', text)).book).toEqual({
      上卷·其一: [RULE],
      下卷·其一: [STUDY],
    });
    const whole = await readBack('a.json', `${volume('上卷', RULE)}\n`);
    expect(Object.keys(whole.book)).toEqual(['其一']);
  });

  it('as lines of JSON, and in another encoding', async () => {
    const lines = [
      { title: '一章', text: STUDY },
      { title: '二章', text: RULE },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const book = { 一章: [STUDY], 二章: [RULE] };
    expect((await readBack('a.jsonl', text)).book).toEqual(book);
    expect((await readBack('a.json', iconv.encode(text, 'gb18030'))).book).toEqual(book);
  });

  it('says which fields it leaves out', async () => {
    const { report } = await readBack(
      'a.json',
      JSON.stringify([{ text: STUDY, notes: ['罔：迷惘'] }]),
    );
    expect(report.skipped).toEqual([
      { reason: '未收字段「notes」', count: 1, example: '罔：迷惘' },
    ]);
  });

  it('of texts with their translations', async () => {
    const read = await readBack(
      'a.json',
      JSON.stringify([
        {
          title: '甲',
          paragraphs: ['学而不思则罔，', '思而不学则殆。'],
          translation: ['只学。', '只想。'],
        },
        { title: '乙', 原文: RULE, 译文: '用道德治理国政。' },
        { title: '丙', source: STUDY, target: '学与思。' },
      ]),
    );
    expect(read.passages.map(({ translation }) => translation)).toEqual([
      '只学。\n只想。',
      '用道德治理国政。',
      '学与思。',
    ]);
    expect(read.report.translated).toBe(3);
  });

  it('gives every poem its own author, and what is called alike names of its own', async () => {
    const poem = (author: string, line: string) => ({ title: '春怨', author, paragraphs: [line] });
    const read = await readBack(
      'a.json',
      JSON.stringify([
        poem('金昌绪', '打起黄莺儿，莫教枝上啼。'),
        poem('刘方平', '纱窗日落渐黄昏，金屋无人见泪痕。'),
        poem('刘方平', '朝日残莺伴妾啼，开帘只见草萋萋。'),
      ]),
    );
    expect(read.chapters.map(({ title, author }) => [title, author])).toEqual([
      ['春怨', '金昌绪'],
      ['春怨（刘方平）', '刘方平'],
      ['春怨（刘方平）·其二', '刘方平'],
    ]);
  });
});

describe('CSV', () => {
  it.each([',', '\t', ';'])('with headings, parted by %j', async (sign) => {
    const rows = [
      ['标题', '作者', '朝代', '备注', '原文', '译文'],
      [
        '静夜思',
        '李白',
        '唐',
        '好',
        '"床前明月光，\n疑是地上霜。"',
        '"床前的月光，\n像地上的霜。"',
      ],
      ['绝句', '杜甫', '唐', '', '两个黄鹂鸣翠柳。', ''],
    ];
    const read = await readBack('a.csv', rows.map((row) => row.join(sign)).join('\r\n'));
    expect(read.book).toEqual({
      静夜思: ['床前明月光，\n疑是地上霜。'],
      绝句: ['两个黄鹂鸣翠柳。'],
    });
    expect(read.chapters[0]).toMatchObject({ author: '李白', dynasty: '唐' });
    expect(read.passages[0]?.translation).toBe('床前的月光，\n像地上的霜。');
    expect(read.report.skipped).toEqual([{ reason: '未收的列', count: 1, example: '备注' }]);
  });

  it('of two columns is names and texts, or texts and translations', async () => {
    const named = await readBack('a.csv', `静夜思,床前明月光\n绝句,两个黄鹂鸣翠柳\n`);
    expect(Object.keys(named.book)).toEqual(['静夜思', '绝句']);
    const translated = await readBack(
      'a.csv',
      `"${STUDY}",只学习却不思考。\n"${RULE}",以德治国。\n`,
    );
    expect(translated.passages.map(({ translation }) => translation)).toEqual([
      '只学习却不思考。',
      '以德治国。',
    ]);
  });

  it('of more columns has authors, times and translations where they look like them', async () => {
    const poems = [
      ['静夜思', '李白', '唐', '床前明月光，疑是地上霜。', '床前洒满明亮的月光，好像地上的秋霜。'],
      ['将进酒', '李白', '唐', '君不见黄河之水天上来。', '你没有看见吗，黄河的水是从天上来的。'],
      ['春晓', '孟浩然', '唐', '春眠不觉晓，处处闻啼鸟。', '春天睡得香甜，不知不觉就天亮了。'],
    ];
    const of = async (columns: number[]) =>
      readBack('a.csv', poems.map((poem) => columns.map((at) => poem[at]).join(',')).join('\n'));
    const three = await of([0, 1, 3]);
    expect(three.book.春晓).toEqual(['春眠不觉晓，处处闻啼鸟。']);
    expect(three.chapters.map(({ author }) => author)).toEqual(['李白', '李白', '孟浩然']);
    const turned = await of([1, 0, 2, 3, 4]);
    expect(turned.chapters.at(-1)).toMatchObject({
      title: '春晓',
      author: '孟浩然',
      dynasty: '唐',
    });
    expect(turned.passages.at(-1)).toMatchObject({
      text: poems[2]?.[3],
      translation: poems[2]?.[4],
    });
    const nobody = await of([0, 3, 4]);
    expect(Object.keys(nobody.book)).toEqual(['静夜思', '将进酒', '春晓']);
    expect(nobody.chapters[0]).toMatchObject({ author: null });
    const numbered = await readBack('a.csv', `1,学而,${STUDY}\n2,为政,${RULE}\n`);
    expect(numbered.book).toEqual({ 学而: [STUDY], 为政: [RULE] });
    expect(numbered.chapters[0]).toMatchObject({ author: null });
    const volumes = await readBack('a.csv', `卷一,学而,${STUDY}\n卷一,为政,${RULE}\n`);
    expect(volumes.chapters[0]).toMatchObject({ author: null });
    const about = '此诗写旅人夜半所见所感，语浅而情深，千古传诵，历代评家推为绝句之冠。'.repeat(3);
    const read = await readBack(
      'a.csv',
      `静夜思,床前明月光，疑是地上霜。,${about}\n`.replaceAll('光，', '光'),
    );
    expect(read.book.静夜思).toEqual(['床前明月光疑是地上霜。']);
    expect(read.report.skipped).toMatchObject([{ reason: '未收的列' }]);
  });

  it('in the encoding of a Chinese spreadsheet', async () => {
    const read = await readBack(
      'a.csv',
      iconv.encode(`篇,正文\n为政,${STUDY}\n为政,${RULE}`, 'gb18030'),
    );
    expect(read.book).toEqual({ 为政: [STUDY, RULE] });
  });
});

describe('a Word document', () => {
  it('has chapters by its styles, its own and those based on others', async () => {
    const read = await readBack(
      '论语.docx',
      await docxOf(
        [
          paragraphOf('测试之书', '1'),
          paragraphOf('学而', '2'),
          paragraphOf(LEARN),
          paragraphOf('为政', '3'),
          `<w:p><w:r><w:t>${STUDY.slice(0, 9)}</w:t></w:r><w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:ins><w:r><w:t>${STUDY.slice(9)}</w:t></w:r></w:ins></w:p>`,
          `<w:p><w:r><w:ruby><w:rt><w:r><w:t>wéi</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>${RULE}</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>`,
        ].join(''),
      ),
    );
    expect(read.book).toEqual({ 学而: [LEARN], 为政: [STUDY, RULE] });
    expect(read.report.skipped.map(({ reason }) => reason)).toEqual(['修订中删去的文字', '注音']);
  });

  it('is text where somebody made whole paragraphs headings', async () => {
    const read = await readBack('a.docx', await docxOf(paragraphOf(LEARN.repeat(4), '1')));
    expect(read.book).toEqual({ 测试之书: [LEARN.repeat(4)] });
  });

  it('keeps lines that were broken by hand, and reads tables cell by cell', async () => {
    const read = await readBack(
      'a.docx',
      await docxOf(
        `<w:p><w:r><w:t>床前明月光，</w:t><w:br/><w:t>疑是地上霜。</w:t></w:r></w:p><w:tbl><w:tr><w:tc>${paragraphOf('举头望明月，')}</w:tc><w:tc>${paragraphOf('低头思故乡。')}</w:tc></w:tr></w:tbl>`,
      ),
    );
    expect(read.passages.map(({ text }) => text)).toEqual([
      '床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。',
    ]);
  });
});

describe('a box of text in a Word document', () => {
  const boxOf = (inside: string) => `<w:txbxContent>${inside}</w:txbxContent>`;
  const run = (text: string) => `<w:r><w:t>${text}</w:t></w:r>`;

  it('comes once, after the paragraph that it is fastened to, which stays whole', async () => {
    const box = boxOf(`${paragraphOf('框中之语，')}${paragraphOf('凡二行也。')}`);
    const choice = `<mc:AlternateContent><mc:Choice><w:drawing>${box}</w:drawing></mc:Choice><mc:Fallback><w:pict>${box}</w:pict></mc:Fallback></mc:AlternateContent>`;
    const body = `<w:p>${run('子曰：「學而')}<w:r>${choice}</w:r>${run('時習之。」')}</w:p>`;
    const read = await readBack('a.docx', await docxOf(`${body}${paragraphOf(RULE)}`), {
      form: 'sayings',
    });
    expect(read.book.测试之书).toEqual([
      '子曰：「學而時習之。」',
      '框中之语，',
      '凡二行也。',
      RULE,
    ]);
  });

  it('may stand in a heading, or hold all there is', async () => {
    const heading = `<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r>${boxOf(paragraphOf(STUDY))}</w:r>${run('為政')}</w:p>`;
    const read = await readBack('a.docx', await docxOf(`${heading}${paragraphOf(RULE)}`), {
      form: 'sayings',
    });
    expect(read.book).toEqual({ 為政: [STUDY, RULE] });
    const only = await readBack(
      'b.docx',
      await docxOf(`<w:p><w:r>${boxOf(paragraphOf(RULE))}</w:r></w:p>`),
    );
    expect(only.book.测试之书).toEqual([RULE]);
  });
});

describe('an electronic book', () => {
  it('is read in the order of its spine, its chapters named by its contents', async () => {
    const read = await readBack(
      '论语.epub',
      await epubOf(
        [
          { file: '封面.xhtml', body: '<p><img src="a.png"/></p>' },
          { file: 'b.xhtml', body: `<h1>学而第一</h1><p>${LEARN}</p>` },
          {
            file: 'a.xhtml',
            body: `<h2>为政</h2><p><ruby>子<rt>zǐ</rt></ruby>${STUDY.slice(1)}<a epub:type="noteref">[1]</a></p><div id="x"><p>${RULE}&nbsp;</p></div>`,
          },
        ],
        [
          ['b.xhtml', '学而'],
          ['a.xhtml', '为政'],
          ['a.xhtml#x', '又'],
        ],
      ),
    );
    expect(read.book).toEqual({ 学而: [LEARN], 为政: [STUDY], 又: [RULE] });
    expect(read.report.skipped.map(({ reason }) => reason)).toContain('注音');
  });

  it('without a table of contents has its headings', async () => {
    const body = `<h1>卷一</h1><h2>学而</h2><p>${LEARN}</p><h2>为政</h2><p>${STUDY}<br/>${RULE}</p>`;
    const read = await readBack('a.epub', await epubOf([{ file: 'a.xhtml', body }], []));
    expect(Object.keys(read.book)).toEqual(['卷一·学而', '卷一·为政']);
  });
});

describe('a zip', () => {
  it('is read in natural order, its chapters under the names of its files and folders', async () => {
    const read = await readBack(
      'a.zip',
      await zipOf({
        '书/第十回.txt': RULE,
        '书/第二回.txt': STUDY,
        '书/序/自序.md': `# 缘起\n\n${LEARN}`,
        '书/.DS_Store': 'x',
        '__MACOSX/书/._第二回.txt': 'x',
        '书/封面.png': 'x',
        '书/空.txt': '',
        '书/坏.json': '{"a":',
      }),
    );
    expect(Object.keys(read.book)).toEqual(['第二回', '第十回', '序·自序·缘起']);
    expect(read.report.files).toBe(3);
    expect(read.report.skipped.map(({ reason, count }) => [reason, count])).toEqual([
      ['系统文件', 2],
      ['不支持的文件', 1],
      ['无法读取的文件', 2],
    ]);
  });

  it('may hold any of the other formats', async () => {
    const read = await readBack(
      'a.zip',
      await zipOf({
        'a.docx': await docxOf(paragraphOf(LEARN)),
        'b.epub': await epubOf([{ file: 'a.xhtml', body: `<p>${RULE}</p>` }], []),
        'c.csv': `原文\n${STUDY}`,
        'd.json': JSON.stringify(['举一隅不以三隅反，则不复也。']),
      }),
    );
    expect(read.passages).toHaveLength(4);
    expect(read.report.encoding).toBe('UTF-8');
  });

  it('has names a Chinese Windows wrote', async () => {
    const zip = await zipOf({ 'aaaa.txt': LEARN, 'bbbb.txt': RULE });
    const gbk = {
      'aaaa.txt': iconv.encode('学而.txt', 'gbk'),
      'bbbb.txt': iconv.encode('为政.txt', 'gbk'),
    };
    for (const [name, bytes] of Object.entries(gbk)) {
      for (let at = zip.indexOf(name); at >= 0; at = zip.indexOf(name, at + 1)) bytes.copy(zip, at);
    }
    clearUtf8Flags(zip);
    expect(Object.keys((await readBack('a.zip', zip)).book)).toEqual(['学而', '为政']);
  });
});

it('a folder of 原文 and 译文 is read as a text with its translation', async () => {
  const read = await readBack(
    'a.zip',
    await zipOf({
      '竹馆/原文.txt': '竹里有馆，馆中有琴。\n客至则弹，客去则止。\n',
      '竹馆/译文.txt': '竹林里有座馆舍，馆里有张琴。\n客人来了就弹，客人走了就停。\n',
    }),
  );
  const texts = read.passages.map(({ text }) => text).join('');
  expect(texts.replaceAll('\n', '')).toBe('竹里有馆，馆中有琴。客至则弹，客去则止。');
  const translations = read.passages.map(({ translation }) => translation).join('');
  expect(translations.replaceAll('\n', '')).toBe(
    '竹林里有座馆舍，馆里有张琴。客人来了就弹，客人走了就停。',
  );
});

describe('the layout of the public parallel collection', () => {
  const bitext =
    '古文：学而不思则罔，思而不学则殆。\n现代文：只学不想就迷惘，只想不学就危险。\n\n古文：攻乎异端，斯害也已。\n现代文：钻研异端，有害。\n';

  it('keeps each sentence with its translation', async () => {
    const read = await readBack(
      'a.zip',
      await zipOf({
        '双语数据/论语/学而篇/bitext.txt': bitext,
        '双语数据/论语/学而篇/source.txt': '学而不思则罔，思而不学则殆。\n攻乎异端，斯害也已。\n',
        '双语数据/论语/学而篇/target.txt': '只学不想就迷惘，只想不学就危险。\n钻研异端，有害。\n',
        '双语数据/论语/学而篇/数据来源.txt': 'http://example.org',
        '双语数据/论语/为政篇/bitext.txt': bitext,
        '双语数据/论语/八佾篇/source.txt': '是可忍也，孰不可忍也？\n人而不仁，如礼何？\n',
        '双语数据/论语/八佾篇/target.txt': '这都能忍，还有什么不能忍？\n',
        '古文原文/论语/八佾篇/text.txt': '是可忍也，孰不可忍也？\n',
        '古文原文/论语/里仁篇/text.txt': '里仁为美。\n朝闻道，夕死可矣。\n',
      }),
    );
    expect(Object.keys(read.book)).toEqual(['学而篇', '为政篇', '八佾篇', '里仁篇']);
    expect(read.passages.map(({ text, translation }) => [text, translation])).toEqual([
      [
        '学而不思则罔，思而不学则殆。攻乎异端，斯害也已。',
        '只学不想就迷惘，只想不学就危险。钻研异端，有害。',
      ],
      [
        '学而不思则罔，思而不学则殆。攻乎异端，斯害也已。',
        '只学不想就迷惘，只想不学就危险。钻研异端，有害。',
      ],
      ['是可忍也，孰不可忍也？', '这都能忍，还有什么不能忍？'],
      ['人而不仁，如礼何？', null],
      ['里仁为美。\n朝闻道，夕死可矣。', null],
    ]);
    expect(read.report.skipped.map(({ reason }) => reason)).toEqual([
      '来源说明',
      '已收有译文的同一篇',
      '译文行数少于原文',
    ]);
  });

  it('is known in a single file, too', async () => {
    const read = await readBack('bitext.txt', bitext);
    expect(read.report).toMatchObject({ passages: 1, translated: 1 });
  });

  it('never cuts between the halves of a sentence with its translation', async () => {
    const pairs = Array.from({ length: 300 }, (_, n) => [
      `${'其'.repeat((n * 7) % 40)}一，而二${n}。`,
      `译${n}。`,
    ]);
    const lines = pairs.map(([text, translation]) => `古文：${text}\n现代文：${translation}\n`);
    const { passages } = await readBack('a.txt', lines.join('\n'));
    for (const { text, translation } of passages) {
      const numbers = (of: string) => of.match(/\d+(?=。)/gu);
      expect(numbers(translation ?? '')).toEqual(numbers(text));
    }
  });
});

/** As programs write that know nothing of UTF-8. */
function clearUtf8Flags(zip: Buffer): void {
  for (const [signature, offset] of [
    ['PK\x03\x04', 7],
    ['PK\x01\x02', 9],
  ] as const) {
    for (let at = zip.indexOf(signature); at >= 0; at = zip.indexOf(signature, at + 4)) {
      zip[at + offset] = (zip[at + offset] ?? 0) & ~0x08;
    }
  }
}
