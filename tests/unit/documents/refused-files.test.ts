import { buffer } from 'node:stream/consumers';
import { deflateRawSync } from 'node:zlib';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { ZipFile } from 'yazl';
import { inspectFile } from '../../../corpus/uploads/inspect-file.ts';
import { RefusedFile } from '../../../corpus/uploads/refused-file.ts';
import { thoroughness } from '../../support/thoroughness.ts';
import {
  docxOf,
  epubOf,
  paragraphOf,
  readBack,
  withFile,
  zipOf,
} from '../../support/upload-files.ts';

jest.setTimeout(60_000);

const TEXT = '子曰：「學而時習之，不亦說乎？」';
/** Where many cases are tried. */
const PATIENCE_MS = 30_000 * thoroughness;
const EXTENSIONS = ['txt', 'md', 'json', 'csv', 'docx', 'epub', 'zip'];

/** Why a file is refused when it arrives, or else when it is read. */
async function refusal(fileName: string, content: string | Buffer): Promise<string | null> {
  const arriving = await withFile(content, (path) => reasonOf(inspectFile(path, fileName)));
  const reading = await reasonOf(readBack(fileName, content));
  if (arriving !== null) expect(reading).not.toBeNull();
  return arriving ?? reading;
}

async function reasonOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!(error instanceof RefusedFile)) throw error;
    expect(error.message).toMatch(/^.*\p{Script=Han}.*[。）]$/u);
    return error.reason;
  }
}

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

describe('a file that is a trap', () => {
  it.each(['a.zip', 'a.7z', 'a.rar', 'a.tar.gz'])(
    'is refused: an archive in an archive, %s',
    async (inner) => {
      expect(await refusal('a.zip', await zipOf({ 'b.txt': TEXT, [inner]: 'x' }))).toBe(
        'nested_archive',
      );
    },
  );

  it('is refused when it becomes a thousand times larger, whatever it declares', async () => {
    const bomb = await zipOf({ 'a.txt': Buffer.alloc(20 * 1024 ** 2, `${' '.repeat(99)}\n`) });
    expect(await reasonOf(readBack('a.zip', bomb))).toBe('too_large_inside');
    const declared = bomb.lastIndexOf('PK\x01\x02') + 24;
    bomb.writeUInt32LE(10, declared);
    expect(await reasonOf(readBack('a.zip', bomb))).toBe('too_large_inside');
    const docx = await docxOf(`<w:p><w:r><w:t>${' '.repeat(20 * 1024 ** 2)}</w:t></w:r></w:p>`);
    expect(await reasonOf(readBack('a.docx', docx))).not.toBeNull();
  });

  it('is refused when the description of a document is huge', async () => {
    const docx = await docxOf(paragraphOf(TEXT), { 'word/styles.xml': ' '.repeat(9 * 1024 ** 2) });
    expect(await reasonOf(readBack('a.docx', docx))).toBe('too_large_inside');
  });

  it('is refused when it holds too many files', async () => {
    expect(await refusal('a.zip', zipOfManyNames(20_002))).toBe('too_many_entries');
  });

  it.each(['../a.txt', 'x/../../a.txt', '/etc/a.txt', 'C:/a.txt', '..\\a.txt', 'b\\a.txt'])(
    'is refused when a name leads elsewhere: %s',
    async (name) => {
      const zip = await zipOf({ ['n'.repeat(name.length)]: TEXT });
      const named = Buffer.from(
        zip.toString('latin1').replaceAll('n'.repeat(name.length), () => name),
        'latin1',
      );
      expect(await refusal('a.zip', named)).toBe('unsafe_path');
    },
  );

  it('is refused when it holds a symbolic link', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('/etc/passwd'), 'a.txt', { mode: 0o120777 });
    zip.end();
    expect(await refusal('a.zip', await buffer(zip.outputStream))).toBe('symbolic_link');
  });

  it('is refused when its XML defines entities', async () => {
    const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>';
    const docx = await docxOf('', {
      'word/document.xml': `${laughs}<w:document><w:body>${paragraphOf('&b;')}</w:body></w:document>`,
    });
    expect(await refusal('a.docx', docx)).toBe('xml_entities');
    const page = `<?xml version="1.0"?>${laughs}<html><body><p>&b;</p></body></html>`;
    const epub = await epubOf([{ file: 'a.xhtml', body: '' }], [], { 'OEBPS/a.xhtml': page });
    expect(await refusal('a.epub', epub)).toBe('xml_entities');
  });

  it.each(['txt', 'md', 'json', 'csv'])(
    'is refused for a line of ten million characters: .%s',
    async (extension) => {
      const line = '學而時習之，不亦說乎？'.repeat(910_000);
      const content = extension === 'json' ? JSON.stringify([line]) : line;
      expect(await refusal(`a.${extension}`, content)).toBe('line_too_long');
    },
  );

  it('is refused for a paragraph of ten million characters', async () => {
    const text = Array.from({ length: 100_000 }, (_, n) =>
      String.fromCharCode(0x4e00 + ((n * n) % 9_973)),
    );
    const runs = `<w:r><w:t>${text.join('')}</w:t></w:r>`.repeat(25);
    expect(await reasonOf(readBack('a.docx', await docxOf(`<w:p>${runs}</w:p>`)))).toBe(
      'line_too_long',
    );
  });

  it('is refused for JSON nested a hundred thousand deep', async () => {
    expect(await refusal('a.json', '['.repeat(100_000))).toBe('nested_too_deep');
    expect(await refusal('a.json', '{"a":'.repeat(100_000))).toBe('nested_too_deep');
  });

  it('is refused for quotations in quotations without end', async () => {
    expect(await refusal('a.md', `${'>'.repeat(200_000)}子曰`)).toBe('too_complex');
  });

  it('is cut apart, not refused, when a whole book stands on one line', async () => {
    const { report, passages } = await readBack('a.txt', TEXT.repeat(20_000));
    expect(report.characters).toBe(11 * 20_000);
    expect(Math.max(...passages.map(({ text }) => text.length))).toBeLessThan(400);
  });

  it('is mended, not refused, when characters are broken in two', async () => {
    const { report, passages } = await readBack('a.json', '["學\\ud800而\\udc00時\\u0000習"]');
    expect(passages.map(({ text }) => text)).toEqual(['學\ufffd而\ufffd時習']);
    expect(report.unknownCharacters.count).toBe(2);
  });
});

describe('whatever the bytes', () => {
  const parts = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          ...[
            '學而時習之，',
            '\n',
            '\r\n\r\n',
            '第一章\n',
            '# ',
            '"',
            ',',
            '{"text":',
            '[',
            ']}',
            '　　',
          ],
          ...[
            '<w:p>',
            '</w:t>',
            '<!--',
            '<![CDATA[',
            '&amp;',
            '古文：',
            '现代文：',
            '```',
            '|',
            '\ufeff',
            '\0',
          ],
        )
        .map((text) => Buffer.from(text)),
      fc
        .constantFrom('gb18030', 'big5', 'utf-16le')
        .map((encoding) => iconv.encode('學而時習之。\n', encoding)),
    ),
    { maxLength: 30 },
  );

  it(
    'a text is read or refused',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('txt', 'md', 'json', 'csv'),
          parts,
          async (extension, pieces) => {
            await refusal(`a.${extension}`, Buffer.concat(pieces));
          },
        ),
        { numRuns: 300 * thoroughness },
      );
    },
    PATIENCE_MS,
  );

  it(
    'an archive is read or refused, whatever byte is changed',
    async () => {
      const made = {
        zip: await zipOf({ 'a.txt': TEXT, '书/b.json': `["${TEXT}"]` }),
        docx: await docxOf(paragraphOf(TEXT)),
        epub: await epubOf([{ file: 'a.xhtml', body: `<p>${TEXT}</p>` }], [['a.xhtml', '学而']]),
      };
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('zip', 'docx', 'epub'),
          fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
          fc.nat(4_000),
          async (kind, changes, end) => {
            const bytes = Buffer.from(made[kind]);
            for (const [at, value] of changes) bytes[at % bytes.length] = value;
            await refusal(`a.${kind}`, end % 4 === 0 ? bytes.subarray(0, end) : bytes);
          },
        ),
        { numRuns: 200 * thoroughness },
      );
    },
    PATIENCE_MS,
  );

  it(
    'a document of any XML is read or refused',
    async () => {
      const tags = [
        '<w:p>',
        '</w:p>',
        '<w:t>',
        '</w:t>',
        '<w:del>',
        '</w:del>',
        '<w:rt>',
        '學而',
        '<!--',
        '-->',
        '<x',
        '&#x5b78;',
        '<w:pStyle w:val="1"/>',
        '<w:br/>',
      ];
      await fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...tags), { maxLength: 40 }), async (body) => {
          await refusal('a.docx', await docxOf(body.join('')));
        }),
        { numRuns: 60 * thoroughness },
      );
    },
    PATIENCE_MS,
  );
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

/** Written by hand: names without contents. */
function zipOfManyNames(count: number): Buffer {
  const packed = deflateRawSync('');
  const local = Buffer.concat([
    header(0x04034b50, 30, packed.length),
    Buffer.from('a.txt'),
    packed,
  ]);
  const entry = Buffer.concat([header(0x02014b50, 46, packed.length), Buffer.from('a.txt')]);
  const entries = Buffer.concat(Array.from({ length: count }, () => entry));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entries, end]);
}

function header(signature: number, length: number, packed: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(signature, 0);
  const shift = length === 46 ? 2 : 0;
  bytes.writeUInt16LE(8, 8 + shift);
  bytes.writeUInt32LE(packed, 18 + shift);
  bytes.writeUInt16LE(5, 26 + shift);
  return bytes;
}
