import { buffer } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { ZipFile } from 'yazl';
import { reasonOf, refusal } from '../../support/refusals.ts';
import { docxOf, epubOf, paragraphOf, readBack, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(60_000);

const TEXT = '子曰：「學而時習之，不亦說乎？」';
const EXTENSIONS = ['txt', 'md', 'json', 'csv', 'docx', 'epub', 'zip'];

describe('a file of which nothing is wanted', () => {
  it('is refused with that reason, also where more than chapters was left out', async () => {
    const skip = (ordinal: number) => ({ ordinal, skip: true });
    const corrections = { chapters: [skip(1), skip(2)] };
    const text = `# 学而\n\n${TEXT}\n\n# 为政\n\n${TEXT}\n\n# 空\n`;
    expect(await reasonOf(readBack('a.md', text, { corrections }))).toBe('all_skipped');
    const one = readBack('a.md', text, { corrections: { chapters: [skip(1)] } });
    expect(Object.keys((await one).book)).toContain('为政');
  });
});

describe('a file that says nothing', () => {
  it.each(EXTENSIONS)('is refused when it is empty: .%s', async (extension) => {
    expect(await refusal(`a.${extension}`, '')).toBe('empty');
  });

  it.each<[string, string | Buffer, string]>([
    ['a.txt', ' \n\t　\r\n'.repeat(1_000), 'no_text'],
    ['a.md', '# 学而\n\n## 为政\n', 'no_text'],
    ['a.json', '{}', 'no_text'],
    ['a.json', '[{"author":"李白","id":7}]', 'no_text'],
    ['a.csv', '标题,原文\n静夜思,\n', 'no_text'],
    ['a.txt', 'In the beginning was the word.', 'no_han'],
    ['a.json', '["one","two"]', 'no_han'],
    ['a.txt', '1234567890\n', 'no_han'],
  ])('is refused: %s %j', async (fileName, content, reason) => {
    expect(await refusal(fileName, content)).toBe(reason);
  });

  it.each([
    ['a.docx', () => docxOf('')],
    ['a.epub', () => epubOf([{ file: 'a.xhtml', body: '<img/>' }], [])],
    ['a.zip', () => zipOf({ 'a.png': 'x', 'b/.DS_Store': 'x' })],
    ['a.zip', () => zipOf({})],
    ['a.zip', () => zipOf({ 'a.json': '{"description":"空"}' })],
  ])('is refused: %s', async (fileName, make) => {
    expect(await refusal(fileName, await make())).toBe('no_text');
  });
});

describe('a file of the wrong kind', () => {
  const zip = () => zipOf({ 'a.txt': TEXT });

  it.each(['a.pdf', 'a.doc', 'a.exe', 'a', 'a.txt.gz', '.txt'])(
    'is refused by name: %s',
    async (fileName) => {
      expect(await refusal(fileName, TEXT)).toBe('unsupported');
    },
  );

  it.each<[string, string | Buffer]>([
    ['a PDF', '%PDF-1.7\n'],
    ['a program', Buffer.from('MZ\x90\0\x03', 'latin1')],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a])],
    ['a photograph', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['an old Word document', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['rich text', '{\\rtf1\\ansi'],
    ['a packed file', Buffer.from([0x1f, 0x8b, 8, 0])],
  ])('is refused by what is in it: %s', async (_, content) => {
    for (const extension of EXTENSIONS) {
      expect(await refusal(`a.${extension}`, content)).toBe('wrong_content');
    }
  });

  it('is refused if it is an archive called otherwise, or no archive', async () => {
    expect(await refusal('a.txt', await zip())).toBe('wrong_content');
    expect(await refusal('a.docx', await zip())).toBe('wrong_content');
    expect(await refusal('a.epub', await zip())).toBe('wrong_content');
    expect(await refusal('a.epub', await docxOf(paragraphOf(TEXT)))).toBe('wrong_content');
    expect(await refusal('a.docx', TEXT)).toBe('wrong_content');
    expect(await refusal('a.zip', TEXT)).toBe('damaged');
  });

  it('is refused if its bytes are no text', async () => {
    const noise = Buffer.from(
      Array.from({ length: 5_000 }, (_, n) => (n * n * 31 + (n >> 3)) & 0xff),
    );
    expect(await refusal('a.txt', noise)).toBe('binary');
    expect(await refusal('a.csv', Buffer.alloc(3_000))).toBe('binary');
  });
});

describe('a file that is locked or damaged', () => {
  it('is refused when a zip has a password', async () => {
    const zip = await zipOf({ 'a.txt': TEXT, 'b.txt': TEXT });
    setFlag(zip, 1);
    expect(await refusal('a.zip', zip)).toBe('encrypted');
    const docx = await docxOf(paragraphOf(TEXT));
    setFlag(docx, 1);
    expect(await refusal('a.docx', docx)).toBe('encrypted');
  });

  it('is refused when Office has locked it', async () => {
    const locked = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(70_000),
      Buffer.from('EncryptedPackage', 'utf16le'),
      Buffer.alloc(500),
    ]);
    expect(await refusal('a.docx', locked)).toBe('encrypted');
  });

  it('is refused when a book is protected, but not for its fonts', async () => {
    const cipher = (uri: string) =>
      `<encryption><EncryptedData><CipherData><CipherReference URI="${uri}"/></CipherData></EncryptedData></encryption>`;
    const book = (uri: string) =>
      epubOf([{ file: 'a.xhtml', body: `<p>${TEXT}</p>` }], [], {
        'META-INF/encryption.xml': cipher(uri),
      });
    expect(await refusal('a.epub', await book('OEBPS/a.xhtml'))).toBe('encrypted');
    expect(await refusal('a.epub', await book('OEBPS/font.ttf'))).toBeNull();
  });

  it('is refused when part of a zip is missing or changed', async () => {
    const zip = await zipOf({ 'a.txt': TEXT.repeat(300), 'b.txt': `${TEXT}\n`.repeat(300) });
    expect(await refusal('a.zip', zip.subarray(0, zip.length - 40))).toBe('damaged');
    expect(await refusal('a.zip', zip.subarray(0, 60))).toBe('damaged');
    const changed = Buffer.from(zip);
    changed[50] = (changed[50] ?? 0) ^ 0xff;
    expect(await refusal('a.zip', changed)).toBe('damaged');
  });

  it('is refused when its bytes are not those the zip was made of', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from(TEXT), 'a.txt', { compress: false });
    zip.end();
    const bytes = await buffer(zip.outputStream);
    Buffer.from('孟').copy(bytes, bytes.indexOf(TEXT));
    expect(await refusal('a.zip', bytes)).toBe('damaged');
  });

  it.each([
    '{"a":',
    '[1,2',
    '{"text":"学而" "b":1}',
    '["学而",]',
    '{"a" "b"}',
    '[}',
    "{'text':'学而'}",
    '学而时习之',
    ']',
    '["学而"}',
    '{"text":"学',
    '["学\\x"]',
  ])('is refused when JSON is broken: %s', async (content) => {
    expect(await refusal('a.json', content)).toBe('bad_json');
  });

  it('is refused when CSV is', async () => {
    expect(await refusal('a.csv', `标题,原文\n静夜思,"${TEXT}\n`)).toBe('bad_csv');
  });

  it('is refused as one of an archive, with its name', async () => {
    const zip = await zipOf({ '书/坏.json': '{"text":"学而时习之","b":' });
    const refused = await readBack('a.zip', zip).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      reason: 'bad_json',
      message: expect.stringContaining('坏.json'),
    });
  });
});

/** In the headers of every file of a zip. */
function setFlag(zip: Buffer, flag: number): void {
  for (const [signature, offset] of [
    ['PK\x03\x04', 6],
    ['PK\x01\x02', 8],
  ] as const) {
    for (let at = zip.indexOf(signature); at >= 0; at = zip.indexOf(signature, at + 4)) {
      zip[at + offset] = (zip[at + offset] ?? 0) | flag;
    }
  }
}
