import { explicitHeading } from './headings.ts';

/** The lines of a table of contents, its own heading among them; `to` is the first after it. */
export interface ContentsList {
  from: number;
  to: number;
}

const CONTENTS = /^[【〔［[]?(?:[总總全]?目[\s　]*[录錄次]|[总總]目)[】〕］\]]?$/u;
const LONGEST_ENTRY = 80;
const FEWEST_ENTRIES = 2;

export function isContentsHeading(line: string): boolean {
  return CONTENTS.test(line.trim());
}

/** Whether a line could stand in a table of contents. */
export function isEntryLike(line: string): boolean {
  return line.length <= LONGEST_ENTRY && !/[。！？；]/u.test(line);
}

/**
 * Where the first lines of a text list the headings that come again below. Most of them must: else it
 * is a catalogue, and text.
 */
export async function findContents(
  first: readonly string[],
  allLines: () => AsyncIterable<string[]>,
): Promise<ContentsList | null> {
  const from = first.findIndex(isContentsHeading);
  if (from < 0) return null;
  const entries = entriesAfter(first, from);
  const end = Math.max(from, ...entries.values()) + 1;
  const met = await metBelow(entries, end, allLines());
  if (met.size < FEWEST_ENTRIES || met.size * 2 < entries.size) return null;
  // What was not met may be the heading of the text that follows.
  return { from, to: Math.max(...[...met].map((key) => entries.get(key) ?? from)) + 1 };
}

/** The line of each entry, until one comes again or is none. */
function entriesAfter(lines: readonly string[], from: number): Map<string, number> {
  const entries = new Map<string, number>();
  for (let index = from + 1; index < lines.length; index += 1) {
    const line = lines[index]?.trim() ?? '';
    if (line === '') continue;
    const key = keyOf(line);
    if (entries.has(key) || !isEntryLike(line)) break;
    entries.set(key, index);
  }
  return entries;
}

async function metBelow(
  entries: ReadonlyMap<string, number>,
  from: number,
  lines: AsyncIterable<string[]>,
): Promise<Set<string>> {
  const met = new Set<string>();
  let index = 0;
  for await (const batch of lines) {
    for (const line of batch) {
      if (index >= from && line.length <= LONGEST_ENTRY * 2) {
        const key = keyOf(line.trim());
        if (entries.has(key)) met.add(key);
      }
      index += 1;
    }
    if (met.size === entries.size) break;
  }
  return met;
}

/** Without spaces, the marks of a heading, and the number of a page behind dots. */
export function keyOf(line: string): string {
  const bare = line.replace(/(?:[\s.…·．・]+|-{2,})[0-9０-９]{1,4}$/u, '');
  const title = bare.length >= 2 ? bare : line;
  return (explicitHeading(title)?.title ?? title).replace(/[\s　]/gu, '');
}
