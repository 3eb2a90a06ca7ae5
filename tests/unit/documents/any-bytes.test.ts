import { jest } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { refusal } from '../../support/refusals.ts';
import { thoroughness } from '../../support/thoroughness.ts';
import { docxOf, epubOf, paragraphOf, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(60_000);

const TEXT = '子曰：「學而時習之，不亦說乎？」';
/** Where many cases are tried. */
const PATIENCE_MS = 30_000 * thoroughness;

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
