import { jest } from '@jest/globals';
import { docxOf, epubOf, paragraphOf, readBack, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(60_000);

const TEXT = '子曰：「學而時習之，不亦說乎？」';
const MIB = 1024 ** 2;

const refused = async (name: string, content: Buffer) => {
  const error: unknown = await readBack(name, content).then(
    () => null,
    (reason: unknown) => reason,
  );
  return error;
};

describe('a small file that becomes large', () => {
  it('is refused from two megabytes on', async () => {
    const blank = '\n'.repeat(2 * MIB);
    for (const [name, content] of [
      ['a.zip', await zipOf({ 'a.txt': TEXT + blank })],
      ['a.docx', await docxOf(paragraphOf(TEXT) + blank)],
      ['a.epub', await epubOf([{ file: 'a.xhtml', body: `<p>${TEXT}</p>${blank}` }], [])],
    ] as const) {
      expect(content.length).toBeLessThan(10_000);
      expect(await refused(name, content)).toMatchObject({ reason: 'too_large_inside' });
    }
  });

  it('is read if it only has many marks', async () => {
    const marks = '<w:pPr><w:jc w:val="both"/><w:rPr><w:rFonts w:ascii="宋体"/></w:rPr></w:pPr>';
    const paragraphs = Array.from(
      { length: 8_000 },
      (_, n) =>
        `<w:p>${marks}<w:r><w:rPr><w:sz w:val="24"/></w:rPr><w:t>其${n}，${TEXT}</w:t></w:r></w:p>`,
    );
    const { report } = await readBack('a.docx', await docxOf(paragraphs.join('')));
    expect(report.passages).toBeGreaterThan(1_000);
  });
});

describe('elements without end in each other', () => {
  const nested = (tag: string, depth: number, inside: string) =>
    `<${tag}>`.repeat(depth) + inside + `</${tag}>`.repeat(depth);

  it('are refused with the reason', async () => {
    const inBook = await epubOf([{ file: 'a.xhtml', body: nested('div', 300, TEXT) }], []);
    const files: [string, Buffer][] = [
      ['a.docx', await docxOf(nested('w:sdt', 100_000, paragraphOf(TEXT)))],
      ['a.docx', await docxOf(paragraphOf(TEXT), { 'word/styles.xml': '<w:style>'.repeat(1_000) })],
      ['a.epub', inBook],
      ['a.zip', await zipOf({ '书.epub': inBook })],
    ];
    for (const [name, content] of files) {
      expect(await refused(name, content)).toMatchObject({
        reason: 'xml_too_deep',
        message: expect.stringContaining('嵌套过深'),
      });
    }
  });

  it('are read as deep as people nest them', async () => {
    const { book } = await readBack(
      'a.docx',
      await docxOf(nested('w:sdt', 200, paragraphOf(TEXT))),
    );
    expect(book).toEqual({ 测试之书: [TEXT] });
  });
});
