import { chapterTitle, isTitle, type ReadContext } from '../read-context.ts';
import { createHeadingPath } from '../structure/heading-path.ts';
import { couldBeHeading, explicitHeading, readByline } from '../structure/headings.ts';

type Kind = 'classical' | 'modern' | 'beside';

const LABELS: [Kind, RegExp][] = [
  ['classical', labelled('古文|原文|文言文?')],
  ['modern', labelled('现代文|現代文|译文|譯文|今译|今譯|白话文?|白話文?|翻译|翻譯')],
  ['beside', labelled('注释|注釋|注|赏析|賞析|评析|評析|简析|簡析|题解|題解')],
];
/** A pair beyond so many characters is no pair. */
const LARGEST_PAIR = 100_000;

/** 「原文：…」, or 「【原文】」 with what is below it. */
function labelled(names: string): RegExp {
  return new RegExp(
    `^(?:(?:${names})\\s*[:：]|[【〔［[](?:${names})[】〕］\\]]\\s*[:：]?)\\s*`,
    'u',
  );
}

function readLabel(line: string): { kind: Kind; text: string } | null {
  for (const [kind, label] of LABELS) {
    if (label.test(line)) return { kind, text: line.replace(label, '') };
  }
  return null;
}

/** Texts and translations in turn, each with a label, and headings between them. */
export function looksPaired(lines: readonly string[]): boolean {
  const full = lines.map((line) => line.trim()).filter((line) => line !== '');
  const kinds = full.map((line) => readLabel(line)?.kind);
  const count = (wanted: Kind) => kinds.filter((kind) => kind === wanted).length;
  const classical = count('classical');
  const modern = count('modern');
  const first = kinds.indexOf('classical');
  const before = full.slice(0, Math.max(0, first));
  const inTurn = modern > 0 && Math.abs(classical - modern) <= 1 + classical * 0.2;
  return first >= 0 && inTurn && before.every((line) => isHeadingLike(line));
}

const isHeadingLike = (line: string) => couldBeHeading(line) || explicitHeading(line) !== null;

export async function readPairedLines(
  lines: AsyncIterable<string[]>,
  context: ReadContext,
): Promise<void> {
  const pairs = createPairs(context);
  for await (const batch of lines) {
    for (const raw of batch) pairs.line(raw.trim());
    await context.sink.drain();
  }
  pairs.end();
  await context.sink.drain();
}

function createPairs(context: ReadContext) {
  const { sink, log } = context;
  const path = createHeadingPath();
  const text: Record<'classical' | 'modern', string[]> = { classical: [], modern: [] };
  let kind: Kind | null = null;
  let size = 0;
  /** Lines after a blank one: a heading and a name, if a text begins after them. */
  let bare: string[] = [];
  let afterBlank = true;
  let opened: { names: string[]; byline: ReturnType<typeof readByline> } | null = null;

  function open(): void {
    const { author, dynasty } = opened?.byline ?? { author: null, dynasty: null };
    if (opened) {
      sink.chapter({ title: chapterTitle(context, opened.names), author, dynasty, form: null });
    }
    opened = null;
  }

  function flush(): void {
    const { classical, modern } = text;
    if (classical.length > 0) open();
    if (classical.length === modern.length) {
      for (const [at, line] of classical.entries()) sink.paragraph(line, modern[at] ?? null);
    } else if (modern.length === 0) for (const line of classical) sink.paragraph(line, null);
    else if (classical.length > 0) sink.paragraph(classical.join('\n'), modern.join('\n'));
    else log.note('没有原文的译文', modern[0] ?? '');
    classical.length = 0;
    modern.length = 0;
    size = 0;
  }

  function add(line: string): void {
    if (line === '') return;
    size += line.length;
    if (size > LARGEST_PAIR) flush();
    if (kind === 'beside') log.note('注释、赏析', line.slice(0, 60));
    else text[kind ?? 'classical'].push(line);
  }

  function heading(title: string, level: number): void {
    flush();
    open();
    kind = null;
    if (isTitle(context, title)) log.note('书名行', title);
    else opened = { names: path.enter({ title, level }), byline: null };
  }

  /** What follows decides what the bare lines before it were. */
  function settleBare(textBegins: boolean): void {
    const lines = bare;
    bare = [];
    if (!textBegins) for (const line of lines) add(line);
    else {
      const byline = readByline(lines.at(-1) ?? '');
      const [title] = opened && lines.length === 1 && byline ? [] : lines;
      if (title !== undefined) heading(title, 3);
      if (opened && (title === undefined || lines.length === 2)) opened.byline = byline;
    }
  }

  return {
    line(line: string) {
      const label = readLabel(line);
      const found = label || line === '' ? null : explicitHeading(line);
      const first = bare.length === 0 && (afterBlank || kind === null);
      if (line === '') {
        afterBlank = true;
        return;
      }
      if (label) {
        settleBare(label.kind === 'classical');
        if (label.kind === 'classical') flush();
        kind = label.kind;
        add(label.text);
      } else if (found) {
        settleBare(false);
        heading(found.title, found.level);
      } else if (couldBeHeading(line) && (first || bare.length === 1)) bare.push(line);
      else {
        settleBare(false);
        add(line);
      }
      afterBlank = false;
    },
    end() {
      settleBare(false);
      flush();
      open();
    },
  };
}
