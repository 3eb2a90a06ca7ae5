import { hasPunctuation } from './headings.ts';

/** How the lines of a plain text make up paragraphs, seen from its first part. */
export interface TextProfile {
  /**
   * - `lines`: each line is a paragraph;
   * - `indented`: a paragraph begins where a line is indented;
   * - `wrapped`: lines were broken at `width`, a paragraph ends with a short or a blank line;
   */
  layout: 'lines' | 'indented' | 'wrapped';
  /** In characters, of a full line. */
  width: number;
  /** Whether the text has punctuation; without it nothing can be told from a line's having none. */
  punctuated: boolean;
}

const INDENT = /^(?:　{1,4}|\t| {2,8})(?=\S)/u;
/** Narrower columns are verse. */
const NARROWEST_COLUMN = 18;

export function isIndented(line: string): boolean {
  return INDENT.test(line);
}

export function profileText(lines: readonly string[]): TextProfile {
  const full = lines.map((line) => line.trimEnd()).filter((line) => line.trim() !== '');
  const long = full.filter((line) => line.length > NARROWEST_COLUMN);
  const punctuated = long.filter(hasPunctuation).length * 2 >= long.length && long.length > 0;
  const someLine = full.some(hasPunctuation);
  const width = columnWidth(lines);
  const indented = full.filter(isIndented).length;
  const profile = { width, punctuated: long.length > 0 ? punctuated : someLine };
  if (indented >= 2 && indented < full.length * 0.75 && continuing(lines) > full.length * 0.25) {
    return { ...profile, layout: 'indented' };
  }
  return { ...profile, layout: width > 0 ? 'wrapped' : 'lines' };
}

/** Lines that go on in mid-sentence from a line that is not indented. */
function continuing(lines: readonly string[]): number {
  return lines.filter(
    (line, index) => index > 0 && !isIndented(line) && endsOpen(lines[index - 1] ?? ''),
  ).length;
}

/** The width at which most unfinished lines break; 0 where lines are not broken by a margin. */
function columnWidth(lines: readonly string[]): number {
  const followed = lines.filter((line, index) => line.trim() !== '' && lines[index + 1]?.trim());
  const open = followed.filter(endsOpen);
  if (open.length < 3 || open.length < followed.length * 0.25) return 0;
  const lengths = open.map((line) => line.trimEnd().length).sort((one, other) => one - other);
  const width = lengths[Math.floor(lengths.length * 0.75)] ?? 0;
  const near = lengths.filter((length) => Math.abs(length - width) <= 4).length;
  return width >= NARROWEST_COLUMN && near >= lengths.length * 0.6 ? width : 0;
}

function endsOpen(line: string): boolean {
  return line.trim() !== '' && !/[。！？；…：」”』’）》!?.;:]\s*$/u.test(line);
}

export { endsOpen };
