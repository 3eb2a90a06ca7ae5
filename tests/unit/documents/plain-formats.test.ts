import { jest } from '@jest/globals';
import iconv from 'iconv-lite';
import { readBack } from '../../support/upload-files.ts';

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
