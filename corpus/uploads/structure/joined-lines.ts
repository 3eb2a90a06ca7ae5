/** A paragraph put together of lines that a margin broke. */
export interface JoinedLines {
  /** The line that was added last; all that can tell whether the next one goes on. */
  readonly last: string;
  add(line: string): void;
  /** The paragraph; an empty one begins. */
  take(): string;
  /** Nobody writes such a paragraph: what has no punctuation and no blank lines never ends one. */
  isFull(): boolean;
}

const LONGEST = 100_000;

export function createJoinedLines(): JoinedLines {
  let parts: string[] = [];
  let length = 0;
  let last = '';
  return {
    get last() {
      return last;
    },
    add(line) {
      parts.push(gap(last, line) + line);
      length += line.length;
      last = line;
    },
    take() {
      const text = parts.join('');
      parts = [];
      length = 0;
      last = '';
      return text;
    },
    isFull: () => length >= LONGEST,
  };
}

/** Words of other scripts are parted where a line was broken. */
function gap(before: string, after: string): string {
  return /[\p{Script=Latin}\d,.;]$/u.test(before) && /^[\p{Script=Latin}\d]/u.test(after)
    ? ' '
    : '';
}
