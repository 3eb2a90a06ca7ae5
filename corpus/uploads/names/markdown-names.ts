import { explicitHeading } from '../structure/headings.ts';
import { type FileNames, readLabel, tidyNames } from './file-names.ts';
import { readFrontLines } from './front-lines.ts';

const HEADING = /^ {0,3}#\s+(.+?)\s*#*$/u;

/** What the first lines of a Markdown text say of it: its head, its one great heading, lines under that. */
export function readMarkdownNames(lines: readonly string[]): FileNames {
  const { about, rest } = splitHead(lines);
  const title = soleHeading(rest);
  const plain = rest.map((line) =>
    HEADING.exec(line)?.[1] === title ? (title ?? '') : bare(line),
  );
  const { names } = readFrontLines(plain, title);
  return tidyNames({
    title: about.title ?? title ?? names.title,
    author: about.author ?? names.author,
    dynasty: about.dynasty ?? names.dynasty,
  });
}

/** How many lines at the beginning are about the text: 「title: …」 between two lines 「---」. */
export function headLength(lines: readonly string[]): number {
  if (!isRule(lines[0])) return 0;
  const end = lines.findIndex((line, at) => at > 0 && isRule(line));
  const inside = lines.slice(1, Math.max(1, end)).filter((line) => line.trim() !== '');
  return inside.some(isEntry) && inside.every((line) => isEntry(line) || GOES_ON.test(line))
    ? end + 1
    : 0;
}

function splitHead(lines: readonly string[]): { about: Partial<FileNames>; rest: string[] } {
  const about: Partial<FileNames> = {};
  const length = headLength(lines);
  for (const line of lines.slice(0, length)) {
    const label = readLabel(line.trim());
    if (label) about[label.kind] ??= label.value;
  }
  return { about, rest: lines.slice(length) };
}

const isRule = (line: string | undefined) => line?.trim() === '---';

const ENTRY = /^[\p{L}_][\p{L}\p{N}_ -]{0,39}:(?:\s|$)/u;
/** What stands below a key. */
const GOES_ON = /^(?:[ \t]+|- )\S/u;

const isEntry = (line: string) => ENTRY.test(line) || readLabel(line) !== null;

/** The heading of the first degree, if there is but one, before all others, and not that of a chapter. */
function soleHeading(lines: readonly string[]): string | null {
  const headings = lines.filter((line) => /^ {0,3}#{1,6}\s/u.test(line));
  const title = HEADING.exec(headings[0] ?? '')?.[1];
  if (title === undefined || headings.filter((line) => HEADING.test(line)).length > 1) return null;
  return explicitHeading(title) === null || title.startsWith('《') ? title : null;
}

/** Without the marks of emphasis, lists and quotations. */
function bare(line: string): string {
  return line.replace(/^\s*[>*+-]\s+/u, '').replace(/\*\*|__/gu, '');
}
