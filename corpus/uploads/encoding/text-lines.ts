import { LONGEST_LINE } from '../limits.ts';
import { RefusedFile } from '../refused-file.ts';

/** The lines of a text, as many at a time as a chunk brings. */
export async function* linesOf(
  chunks: AsyncIterable<string>,
  where: string | null,
): AsyncIterable<string[]> {
  let carried = '';
  for await (const chunk of chunks) {
    // A carriage return at the very end may be half of a line break.
    const text = carried + chunk;
    const complete = text.endsWith('\r') ? text.slice(0, -1) : text;
    const lines = complete.split(LINE_BREAK);
    carried = (lines.pop() ?? '') + text.slice(complete.length);
    if (carried.length > LONGEST_LINE || lines.some((line) => line.length > LONGEST_LINE)) {
      throw new RefusedFile('line_too_long', where);
    }
    if (lines.length > 0) yield lines;
  }
  if (carried !== '') yield carried.split(LINE_BREAK);
}

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029\u0085]/u;

/** So many lines, or characters, are enough to know how a text is laid out and what it is called. */
const FIRST_LINES = 3_000;
const FIRST_CHARACTERS = 400_000;

export async function firstLines(
  chunks: AsyncIterable<string>,
  where: string | null,
): Promise<string[]> {
  const first: string[] = [];
  let characters = 0;
  for await (const batch of linesOf(chunks, where)) {
    for (const line of batch) {
      first.push(line);
      characters += line.length;
    }
    if (first.length >= FIRST_LINES || characters >= FIRST_CHARACTERS) break;
  }
  return first;
}

/** Notices a line without end where a text is not read by lines. */
export function createLineLimit(where: string | null) {
  let length = 0;
  return {
    check(chunk: string) {
      const last = chunk.lastIndexOf('\n');
      length = last < 0 ? length + chunk.length : chunk.length - last;
      if (length > LONGEST_LINE) throw new RefusedFile('line_too_long', where);
    },
  };
}
