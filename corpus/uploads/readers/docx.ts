import type { IrregularityLog } from '../../irregularities.ts';
import { type Archive, beginningOf, openArchive } from '../archive/archive.ts';
import { type FirstLine, readDocxNames } from '../names/docx-names.ts';
import type { FileNames } from '../names/file-names.ts';
import { withoutNames } from '../names/own-names.ts';
import { chapterTitle, isTitle, type ReadContext } from '../read-context.ts';
import { RefusedFile } from '../refused-file.ts';
import { withoutContents } from '../structure/contents-filter.ts';
import { createHeadingPath } from '../structure/heading-path.ts';
import { explicitHeading, isTitleLike } from '../structure/headings.ts';
import type { ByteSource } from '../text-source.ts';
import { headingStyles } from './docx-styles.ts';
import { createParagraphBuilder } from './paragraph-builder.ts';
import { readXml, visitXml, type XmlVisitor } from './xml-stream.ts';

/** Left out with all that is in them: what was deleted, readings over characters, the other half of a choice. */
const LEFT_OUT = new Map<string, string | null>([
  ['w:del', '修订中删去的文字'],
  ['w:moveFrom', null],
  ['w:rt', '注音'],
  ['mc:Fallback', null],
  ['w:instrText', null],
  ['w:delText', null],
]);

/** Word's: paragraphs are read one by one from the stream; a style tells a heading. */
export async function readDocx(
  path: string,
  where: string | null,
  context: ReadContext,
  countPacked: (bytes: number) => void,
): Promise<void> {
  const archive = await openArchive(path, countPacked);
  try {
    const main = await mainPart(archive, where);
    const levels = headingStyles(await archive.readSmall('word/styles.xml'));
    const names = await namesIn(archive, main, levels);
    const listless = withoutContents(withoutNames(context, names));
    const take = createChapters(listless.context);
    const visitor = createDocxVisitor(take, context.log.note, levels, where);
    await readXml(main, {
      where: where ?? main.name,
      xml: true,
      visitor,
      drain: context.sink.drain,
    });
    listless.end();
    for (const name of ['word/footnotes.xml', 'word/endnotes.xml']) {
      if (archive.entries.some((entry) => entry.name === name))
        context.log.note('脚注、尾注', name);
    }
  } finally {
    archive.close();
  }
}

/** What it says of itself, told before anybody reads it. */
export async function docxNames(archive: Archive): Promise<FileNames> {
  const levels = headingStyles(await archive.readSmall('word/styles.xml'));
  return namesIn(archive, await mainPart(archive, null), levels);
}

async function namesIn(
  archive: Archive,
  main: ByteSource,
  levels: Map<string, number>,
): Promise<FileNames> {
  const lines: FirstLine[] = [];
  const take = (text: string, level: number | null) => lines.push({ text, level });
  const visitor = createDocxVisitor(take, () => {}, levels, null);
  visitXml(await beginningOf(main), visitor);
  return readDocxNames(lines, await archive.readSmall('docProps/core.xml'));
}

async function mainPart(archive: Archive, where: string | null) {
  const relations = (await archive.readSmall('_rels/.rels')) ?? '';
  const relation = /<Relationship\b[^>]*\/officeDocument"[^>]*>/u.exec(relations)?.[0] ?? '';
  const target = /Target="\/?([^"]+)"/u.exec(relation)?.[1] ?? 'word/document.xml';
  const main = archive.entries.find(({ name }) => name === target);
  if (!main) throw new RefusedFile('wrong_content', where);
  return main;
}

/** Makes chapters of headings; a style tells them, or their words. */
function createChapters(context: ReadContext) {
  const { sink } = context;
  const paths = createHeadingPath();
  return (text: string, level: number | null): void => {
    const found =
      level !== null && isTitleLike(text)
        ? { title: text.replaceAll('\n', ' '), level }
        : explicitHeading(text);
    if (!found) sink.paragraph(text, null);
    else if (!isTitle(context, found.title)) {
      const deeper = level === null ? { ...found, level: found.level + 9 } : found;
      const title = chapterTitle(context, paths.enter(deeper));
      sink.chapter({ title, author: null, dynasty: null, form: null });
    }
  };
}

function createDocxVisitor(
  take: (text: string, level: number | null) => void,
  note: IrregularityLog['note'],
  levels: Map<string, number>,
  where: string | null,
): XmlVisitor {
  /** The current paragraph, and those in which boxes with paragraphs of their own stand. */
  const open: OpenParagraph[] = [{ paragraph: createParagraphBuilder(where), level: null }];
  const boxed = createBoxedParagraphs(take);
  let inText = false;
  let leftOut = 0;
  const current = () => open.at(-1) as OpenParagraph;

  function end(): void {
    const { paragraph, level } = current();
    const text = paragraph.take();
    if (open.length > 1) boxed.add(text, level);
    else {
      if (text !== '') take(text, level);
      boxed.release();
    }
  }

  return {
    open(name, attributes) {
      if (LEFT_OUT.has(name)) {
        const reason = LEFT_OUT.get(name);
        if (leftOut === 0 && reason) note(reason, '');
        leftOut += 1;
      }
      if (leftOut > 0) return;
      const here = current();
      const value = attributes['w:val'];
      if (name === 'w:p') here.level = null;
      else if (name === BOX) open.push({ paragraph: createParagraphBuilder(where), level: null });
      else if (name === 'w:pStyle') here.level = levels.get(value ?? '') ?? here.level;
      else if (name === 'w:outlineLvl') here.level = outlineLevel(value) ?? here.level;
      else if (name === 'w:br' || name === 'w:cr') here.paragraph.add('\n');
      else if (name === 'w:tab') here.paragraph.add('\t');
      else if (name === 'w:t') inText = true;
    },
    text(text) {
      if (inText && leftOut === 0) current().paragraph.add(text);
    },
    close(name) {
      if (LEFT_OUT.has(name)) leftOut -= 1;
      else if (name === 'w:t') inText = false;
      else if (leftOut > 0) return;
      else if (name === BOX) open.pop();
      else if (name === 'w:p') end();
    },
  };
}

/** A box of text stands inside the paragraph that it is fastened to. */
const BOX = 'w:txbxContent';
/** Characters of boxes that wait for the end of their paragraph. */
const LONGEST_BOXES = 100_000;

interface OpenParagraph {
  paragraph: ReturnType<typeof createParagraphBuilder>;
  level: number | null;
}

/** Paragraphs of boxes come after the one that they are fastened to, unless they are a text by themselves. */
function createBoxedParagraphs(take: (text: string, level: number | null) => void) {
  let held: { text: string; level: number | null }[] = [];
  let size = 0;
  function release(): void {
    for (const { text, level } of held) take(text, level);
    held = [];
    size = 0;
  }
  return {
    add(text: string, level: number | null) {
      if (text !== '') held.push({ text, level });
      size += text.length;
      if (size > LONGEST_BOXES) release();
    },
    release,
  };
}

function outlineLevel(value: string | undefined): number | null {
  const outline = Number(value ?? 9);
  return outline < 9 ? outline + 1 : null;
}
