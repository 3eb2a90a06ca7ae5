const HEAD = '【追问】';
/** Marks of Markdown that a model may put before it. */
const BEFORE = String.raw`[\s*#>_-]`;
const LINE = new RegExp(`${BEFORE}*${HEAD}([^\\n]*)`);
/** What may turn out to be the beginning of the line: blanks and marks, then part of its head. */
const MAY_BEGIN = new RegExp(`${BEFORE}*(?:【(?:追问?)?)?$`);
const SEPARATOR = /[｜|]|\s{2,}|(?<=[？?])(?=[^\s）」』”])/;
const NUMBERING = /^(?:(?:\d+|[一二三]|问题[一二三\d]?)[.、:：．)）]\s*|[①-⑳:：]\s*)+/;
const MOST_QUESTIONS = 3;
const MOST_CHARACTERS = 30;

/**
 * Lets an answer pass while it is written and keeps out the line in which the model was asked to
 * propose questions, wherever it is cut. What was written after the line passes again.
 */
export class FollowUpLine {
  #waiting = '';
  #line: string | undefined;
  #over = false;

  push(text: string): string {
    if (this.#over) return this.#goOn(text);
    if (this.#line !== undefined) return this.#swallow(text);
    const whole = this.#waiting + text;
    const found = LINE.exec(whole);
    if (found) {
      this.#waiting = '';
      this.#line = '';
      const from = found.index + found[0].indexOf(HEAD) + HEAD.length;
      return whole.slice(0, found.index) + this.#swallow(whole.slice(from));
    }
    const held = MAY_BEGIN.exec(whole)?.index ?? whole.length;
    this.#waiting = whole.slice(held);
    return whole.slice(0, held);
  }

  /** What still waits when the answer ends. */
  end(): string {
    const rest = this.#over ? '' : this.#waiting;
    this.#waiting = '';
    return rest;
  }

  /** @param truncated then the last one may be half a question. */
  questions(truncated: boolean): string[] {
    const pieces = (this.#line ?? '').split(SEPARATOR);
    const whole = truncated && !this.#over ? pieces.slice(0, -1) : pieces;
    const questions = whole.map(tidy).filter((question) => question !== '');
    const short = questions.filter((question) => [...question].length <= MOST_CHARACTERS);
    return [...new Set(short)].slice(0, MOST_QUESTIONS);
  }

  #swallow(text: string): string {
    const end = text.indexOf('\n');
    this.#line += end < 0 ? text : text.slice(0, end);
    if (end < 0) return '';
    this.#over = true;
    return this.#goOn(text.slice(end));
  }

  /** Blanks behind the line are no part of the answer unless something follows them. */
  #goOn(text: string): string {
    const whole = this.#waiting + text;
    const blank = whole.trim() === '';
    this.#waiting = blank ? whole : '';
    return blank ? '' : whole;
  }
}

function tidy(piece: string): string {
  return piece
    .replaceAll(/\[\d+\]|[*_`]/g, '')
    .trim()
    .replace(NUMBERING, '')
    .trim();
}
