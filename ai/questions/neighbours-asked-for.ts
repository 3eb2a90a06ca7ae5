import type { Passage } from '../passage.ts';
import { foldText } from '../rag/folding.ts';
import { analyseQuestion } from '../rag/question.ts';
import type { Focus } from './focus.ts';
import { lineBeside } from './line-beside.ts';
import { simplify } from './simplify.ts';

export interface NeighbourWish {
  previous: boolean;
  next: boolean;
}

export interface PassageNeighbours {
  passage(id: string): Passage | undefined;
  neighbours(id: string): { previous: Passage | undefined; next: Passage | undefined };
}

const NEXT = /下一[句段章节首则]|下[句文]|后一[句段章则]|后[面文两]|接下来|后半句|下半句/;
const PREVIOUS = /上一[句段章节首则]|上[句文]|前一[句段章则]|前[面文两]|前半句|上半句/;
const BOTH = /前后文|上下文|前前后后|上下句|前后[句段]/;
const LINE = /[上下前后][一半]?句|[上下]半句/;
/** Of these the passage is over, wherever in it the words stand. */
const PASSAGE = /[上下]文|[上下前后]一[段章节首则]|接下来/;
const WISH = new RegExp(
  `的?(?:${[BOTH, NEXT, PREVIOUS].map(({ source }) => source).join('|')})`,
  'g',
);
/** 「曾子曰」 says nothing yet. */
const SPEAKER = /^.{0,5}?[曰云]/;
const SHORTEST_WORDS = 3;

/** Whether the words that stand before or after others are asked for. */
export function neighboursAskedFor(question: string): NeighbourWish | undefined {
  const simplified = simplify(question);
  if (BOTH.test(simplified)) return { previous: true, next: true };
  const wish = { previous: PREVIOUS.test(simplified), next: NEXT.test(simplified) };
  return wish.previous || wish.next ? wish : undefined;
}

/** The passages in which the words asked for stand, the likeliest first, and what they are. */
export interface Beside {
  passages: Passage[];
  focus: Focus | undefined;
}

/**
 * What stands beside a passage, asked for last of all in `asked`: 「学而不思则罔」 has its next line in the
 * passage itself, its last words have theirs in the next one. Each wish goes on from the one before.
 */
export function besidePassage(
  anchor: Passage,
  asked: readonly string[],
  library: Pick<PassageNeighbours, 'neighbours'>,
): Beside | undefined {
  const wish = neighboursAskedFor(asked.at(-1) ?? '');
  if (!wish) return undefined;
  const { previous, next } = library.neighbours(anchor.id);
  const beside = [wish.next ? next : undefined, wish.previous ? previous : undefined];
  const neighbours = beside.filter((passage) => passage !== undefined);
  const words = wordsIn(anchor, asked);
  if (wish.next && wish.previous) {
    const within = words !== undefined && answersItself(anchor, wish, words);
    return { passages: inOrder(anchor, neighbours, within), focus: undefined };
  }
  const kind = wish.next ? 'next' : 'previous';
  const line = words === undefined ? undefined : lineAskedFor(anchor, words, asked);
  if (line !== undefined)
    return { passages: inOrder(anchor, neighbours, true), focus: { kind, line } };
  const goesOn = asked.length > 1 && neighboursAskedFor(asked.at(-2) ?? '') !== undefined;
  const last = simplify(asked.at(-1) ?? '');
  const whole = goesOn || LINE.test(last) || (PASSAGE.test(last) && neighbours.length > 0);
  if (!whole && words !== undefined && answersItself(anchor, wish, words))
    return { passages: inOrder(anchor, neighbours, true), focus: { kind } };
  if (neighbours.length > 0)
    return { passages: inOrder(anchor, neighbours, false), focus: { kind } };
  return { passages: [anchor], focus: { kind: wish.next ? 'last' : 'first' } };
}

function inOrder(anchor: Passage, neighbours: readonly Passage[], itself: boolean): Passage[] {
  return itself ? [anchor, ...neighbours] : [...neighbours, anchor];
}

/** Wherever the wishes led so far, while they led from line to line of one passage. */
function lineAskedFor(anchor: Passage, words: string, asked: readonly string[]) {
  const wishes = asked.map(simplify).filter((question) => neighboursAskedFor(question));
  if (!wishes.every((question) => LINE.test(question))) return undefined;
  const steps = wishes.map((question) => (NEXT.test(question) ? 1 : -1));
  return lineBeside(anchor, words, steps);
}

/** What of the questions stands in the passage word for word. */
function wordsIn(anchor: Passage, asked: readonly string[]): string | undefined {
  const text = foldText(anchor.text);
  const { parts } = analyseQuestion(simplify(asked.join('\n')).replaceAll(WISH, ' '));
  return parts.find((part) => part.length >= SHORTEST_WORDS && text.includes(part));
}

function answersItself(anchor: Passage, wish: NeighbourWish, words: string): boolean {
  const text = foldText(anchor.text);
  const at = text.indexOf(words);
  const speaker = SPEAKER.exec(text)?.[0].length ?? 0;
  return (wish.next && at + words.length < text.length) || (wish.previous && at > speaker);
}
