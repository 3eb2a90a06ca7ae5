import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type {
  DocumentReport,
  ParsedChapter,
  ParsedPassage,
  ParseInput,
} from '../../backend/documents/parsing/parse-document.ts';
import { readDocument } from '../../backend/documents/parsing/read-document.ts';

export type Contents = Record<string, string | Buffer>;

/** A real zip of these files. */
export async function zipOf(files: Contents): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), name);
  }
  zip.end();
  return buffer(zip.outputStream);
}

const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';

/** A Word document of this body; styles 1 and 2 are headings, 3 is based on 2. */
export function docxOf(body: string, more: Contents = {}): Promise<Buffer> {
  const style = (id: string, inside: string) => `<w:style w:styleId="${id}">${inside}</w:style>`;
  return zipOf({
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels':
      '<Relationships><Relationship Id="1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    'word/styles.xml': `<w:styles xmlns:w="${WORD}">${[
      style('1', '<w:name w:val="heading 1"/>'),
      style('2', '<w:name w:val="Chapter"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr>'),
      style('3', '<w:name w:val="Mine"/><w:basedOn w:val="2"/>'),
      style('4', '<w:name w:val="Normal"/>'),
    ].join('')}</w:styles>`,
    'word/document.xml': `<?xml version="1.0"?><w:document xmlns:w="${WORD}"><w:body>${body}</w:body></w:document>`,
    ...more,
  });
}

export const paragraphOf = (text: string, style = '4') =>
  `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;

export interface Page {
  file: string;
  body: string;
}

/** An electronic book of these pages, with a table of contents of `[page, title]`. */
export function epubOf(
  pages: Page[],
  contents: [string, string][],
  more: Contents = {},
): Promise<Buffer> {
  const items = pages.map(
    ({ file }, index) =>
      `<item id="p${index}" href="${encodeURI(file)}" media-type="application/xhtml+xml"/>`,
  );
  // Listed in another order than they are to be read in.
  const manifest = [...items].reverse().join('');
  const spine = pages.map((_, index) => `<itemref idref="p${index}"/>`).join('');
  const links = contents.map(
    ([file, title]) => `<li><a href="${encodeURI(file)}">${title}</a></li>`,
  );
  return zipOf({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml':
      '<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>',
    'OEBPS/content.opf': `<package><manifest><item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>${manifest}</manifest><spine>${spine}</spine></package>`,
    'OEBPS/nav.xhtml': `<html xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol>${links.join('')}</ol></nav></body></html>`,
    ...Object.fromEntries(
      pages.map(({ file, body }) => [
        `OEBPS/${file}`,
        `<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>书</title></head><body>${body}</body></html>`,
      ]),
    ),
    ...more,
  });
}

export interface ReadBack {
  report: DocumentReport;
  chapters: ParsedChapter[];
  passages: ParsedPassage[];
  /** The passages by the titles of their chapters. */
  book: Record<string, string[]>;
}

/** Gives a file for as long as it is used. */
export async function withFile<Result>(
  content: string | Buffer,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'upload-test-'));
  try {
    const path = join(folder, 'file');
    await writeFile(path, content);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function inputOf(
  path: string,
  fileName: string,
  about: Partial<ParseInput> = {},
): ParseInput {
  return {
    ...{ path, fileName, slug: 'document-0123456789ab', title: '测试之书', author: null },
    ...{ dynasty: null, form: null, corrections: { chapters: [] } },
    ...about,
  };
}

/** Reads a file in this thread. */
export function readBack(
  fileName: string,
  content: string | Buffer,
  about: Partial<ParseInput> = {},
): Promise<ReadBack> {
  return withFile(content, async (path) => {
    const collected = collector();
    const report = await readDocument(inputOf(path, fileName, about), {
      onBatch: async (batch) => collected.add(batch),
      onProgress: async () => {},
    });
    return { report, ...collected.result() };
  });
}

/** Puts batches together as a store would: a chapter that comes again replaces itself. */
export function collector() {
  const chapters = new Map<string, ParsedChapter>();
  const passages: ParsedPassage[] = [];
  return {
    add(batch: { chapters: ParsedChapter[]; passages: ParsedPassage[] }) {
      for (const chapter of batch.chapters) chapters.set(chapter.id, chapter);
      passages.push(...batch.passages);
    },
    result() {
      const book: Record<string, string[]> = {};
      for (const { id, title } of chapters.values()) {
        book[title] = passages.filter(({ chapterId }) => chapterId === id).map(({ text }) => text);
      }
      return { chapters: [...chapters.values()], passages, book };
    },
  };
}
