import { openArchive } from '../archive/archive.ts';
import { withoutNames } from '../names/own-names.ts';
import { chapterTitle, isTitle, type ReadContext } from '../read-context.ts';
import { withoutContents } from '../structure/contents-filter.ts';
import { createHeadingPath, type HeadingPath } from '../structure/heading-path.ts';
import { explicitHeading, type FoundHeading, isTitleLike } from '../structure/headings.ts';
import { type EpubPackage, readPackage } from './epub-package.ts';
import { createParagraphBuilder } from './paragraph-builder.ts';
import { readXml, type XmlVisitor } from './xml-stream.ts';

const BLOCKS = new Set(
  'p div section article li blockquote h1 h2 h3 h4 h5 h6 td th dd dt pre figcaption body tr'.split(
    ' ',
  ),
);
/** Left out with what is in them. */
const LEFT_OUT = new Map([
  ['head', null],
  ['script', null],
  ['style', null],
  ['svg', null],
  ['nav', null],
  ['rt', '注音'],
  ['rp', null],
]);

export async function readEpub(
  path: string,
  where: string | null,
  context: ReadContext,
  countPacked: (bytes: number) => void,
): Promise<void> {
  const archive = await openArchive(path, countPacked);
  try {
    const book = await readPackage(archive, where);
    const listless = withoutContents(withoutNames(context, book.names));
    const paths = createHeadingPath();
    const entries = new Map(archive.entries.map((entry) => [entry.name, entry]));
    for (const name of book.spine) {
      const entry = entries.get(name);
      if (!entry) {
        context.log.note('目录所列而书中没有的文件', name);
        continue;
      }
      const visitor = createPageVisitor(listless.context, book, name, paths);
      await readXml(entry, { where: name, xml: false, visitor, drain: context.sink.drain });
    }
    listless.end();
  } finally {
    archive.close();
  }
}

function createPageVisitor(
  context: ReadContext,
  book: EpubPackage,
  file: string,
  paths: HeadingPath,
): XmlVisitor {
  const { sink, log } = context;
  const paragraph = createParagraphBuilder(file);
  /** The name of each element that is open; whether it is left out. */
  const open: boolean[] = [];
  let leftOut = 0;
  let headingLevel = 0;
  /** What the table of contents calls this place, until its text begins. */
  let named: string | null = null;

  function enter(found: FoundHeading): void {
    if (isTitle(context, found.title)) return;
    const full = chapterTitle(context, paths.enter(found));
    sink.chapter({ title: full, author: null, dynasty: null, form: null });
  }

  function visit(key: string): void {
    const point = book.navigation.get(key);
    if (!point) return;
    flush();
    enter(point);
    named = point.title;
  }

  function flush(): void {
    const text = paragraph.take();
    if (text === '') return;
    if (headingLevel > 0 && isTitleLike(text)) {
      const title = text.replaceAll('\n', ' ');
      if (named !== null && repeats(title, named)) return;
      enter({ title, level: headingLevel + 10 });
    } else {
      const found = named === null ? explicitHeading(text) : null;
      if (found) enter({ ...found, level: found.level + 20 });
      else sink.paragraph(text, null);
    }
    named = null;
  }

  return {
    open(name, attributes) {
      const note = /footnote|noteref/u.test(attributes['epub:type'] ?? '');
      const out = LEFT_OUT.has(name) || note;
      open.push(out);
      if (out) {
        const reason = note ? '脚注' : LEFT_OUT.get(name);
        if (reason && leftOut === 0) log.note(reason, '');
        leftOut += 1;
      }
      if (leftOut > 0) return;
      if (BLOCKS.has(name)) flush();
      if (name === 'body') visit(file);
      if (attributes.id) visit(`${file}#${attributes.id}`);
      if (name === 'br') paragraph.add('\n');
      const heading = /^h([1-6])$/u.exec(name)?.[1];
      if (heading) headingLevel = Number(heading);
    },
    text(text) {
      if (leftOut === 0) paragraph.add(text.replace(/\s+/gu, ' '));
    },
    close(name) {
      if (open.pop()) leftOut -= 1;
      else if (leftOut === 0) {
        if (BLOCKS.has(name)) flush();
        if (/^h[1-6]$/u.test(name)) headingLevel = 0;
      }
    },
  };
}

/** Whether a heading says what the table of contents says already, in more words or in fewer. */
function repeats(heading: string, point: string): boolean {
  const [one, other] = [heading, point].map((title) => title.replace(/[^\p{L}\p{N}]/gu, ''));
  return one !== undefined && other !== undefined && (one.includes(other) || other.includes(one));
}
