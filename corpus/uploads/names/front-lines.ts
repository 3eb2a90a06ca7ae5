import { sameName } from '../read-context.ts';
import { explicitHeading, hasPunctuation, readByline } from '../structure/headings.ts';
import { type FileNames, type NameKind, readLabel, tidyNames } from './file-names.ts';

/** What the first lines of a plain text say of it. */
export interface FrontLines {
  names: FileNames;
  /** Lines at the beginning that do, blank ones among them; the text begins after them. */
  count: number;
}

const LONGEST_TITLE = 30;
/** A line above the first heading is a title if that is one of chapters, not of parts of one. */
const DEEPEST_CHAPTER = 3;

/** `workTitle`: what the document is known to be called; null before that is decided. */
export function readFrontLines(lines: readonly string[], workTitle: string | null): FrontLines {
  const labels = trustedLabels(lines);
  const found: Partial<FileNames> = {};
  let count = 0;
  let last: 'title' | 'other' | null = null;
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const label = labels.has(line) ? readLabel(line) : null;
    const known = found.title ?? workTitle;
    if (label) {
      found[label.kind] ??= label.value;
      last = 'other';
    } else if (known !== null && sameName(line, known)) last = 'title';
    else if (last === null && isTitleLine(lines, index, labels)) {
      found.title = line;
      last = 'title';
    } else if (last === 'title' && isBylineOf(lines, index)) {
      found.author ??= line;
      last = 'other';
    } else break;
    count = index + 1;
  }
  return { names: tidyNames(found), count };
}

/** Labels that stand there once; where poems each have theirs, they are not about the file. */
function trustedLabels(lines: readonly string[]): Set<string> {
  const byKind = new Map<NameKind, string[]>();
  for (const raw of lines) {
    const line = raw.trim();
    const kind = readLabel(line)?.kind;
    if (kind) byKind.set(kind, [...(byKind.get(kind) ?? []).slice(-1), line]);
  }
  return new Set([...byKind.values()].filter(({ length }) => length === 1).flat());
}

/** Short and bare, and what comes next, but for who wrote it, is the first heading. */
function isTitleLine(lines: readonly string[], index: number, labels: Set<string>): boolean {
  const line = lines[index]?.trim() ?? '';
  if (line.length > LONGEST_TITLE || hasPunctuation(line) || !/\p{Script=Han}/u.test(line)) {
    return false;
  }
  const bracketed = lines.filter(isBracketed).length;
  if (isBracketed(line) ? bracketed > 1 : isHeading(line)) return false;
  const next = nextLine(lines, index);
  if (labels.has(lines[next]?.trim() ?? '')) return true;
  return opensChapter(lines[isBylineOf(lines, next) ? nextLine(lines, next) : next]);
}

const isBracketed = (line: string) => /^《[^《》]+》$/u.test(line.trim());
const isHeading = (line: string) => explicitHeading(line) !== null;

/** A bare name could be a heading as well, but for the first heading right after it. */
function isBylineOf(lines: readonly string[], index: number): boolean {
  const line = lines[index]?.trim() ?? '';
  const byline = isHeading(line) ? null : readByline(line);
  if (byline === null) return false;
  if (byline.dynasty !== null || /[著撰]$/u.test(line)) return true;
  const follows = lines[index - 1]?.trim() !== '';
  return follows && !/[篇卷集部章]$/u.test(line) && opensChapter(lines[nextLine(lines, index)]);
}

function nextLine(lines: readonly string[], index: number): number {
  const next = lines.findIndex((line, at) => at > index && line.trim() !== '');
  return next < 0 ? lines.length : next;
}

function opensChapter(line: string | undefined): boolean {
  const heading = explicitHeading(line?.trim() ?? '');
  return heading !== null && heading.level <= DEEPEST_CHAPTER;
}
