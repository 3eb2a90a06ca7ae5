import { jest } from '@jest/globals';
import iconv from 'iconv-lite';
import { docxOf, epubOf, paragraphOf, readBack, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(30_000);

const LEARN = '子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？人不知而不慍，不亦君子乎？」';
const RULE = '子曰：「為政以德，譬如北辰，居其所而眾星共之。」';
const STUDY = '子曰：「学而不思则罔，思而不学则殆。」';

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
