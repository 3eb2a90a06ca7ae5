import { buffer } from 'node:stream/consumers';
import { deflateRawSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { ZipFile } from 'yazl';
import { reasonOf, refusal } from '../../support/refusals.ts';
import { docxOf, epubOf, paragraphOf, readBack, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(60_000);

const TEXT = '子曰：「學而時習之，不亦說乎？」';

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
