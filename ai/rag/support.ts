import type { LexicalIndex } from './lexical-index.ts';
import type { FoldedPassage } from './passage-library.ts';
import type { Question } from './question.ts';
import { isBigram, termsOf } from './terms.ts';

/** Two neighbouring characters in common, or a modern word met in classical form, are a reason. */
const REASONS_NEEDED = 1.5;
/** Single characters occur by chance; a rare one is a hint, a common one nothing. */
const RARE_IDF = 4.5;
const HINT = 0.25;
/** On top of the pair itself. */
const NAMED = 0.5;

/**
 * Whether there is reason to think that a passage speaks of what is asked, 0 to 1 (enough). Characters
 * alone do not do: of 「爱因斯坦是谁」 every one stands somewhere in the classics. A question of one
 * character or one word needs no more than that word, and who names a work or its author means it.
 */
export function createSupport(
  { parts, concepts }: Question,
  lexical: Pick<LexicalIndex, 'inverseDocumentFrequency'>,
): (passage: FoldedPassage) => number {
  const pairs = [...new Set(parts.flatMap(termsOf).filter(isBigram))];
  const words = concepts.filter(
    ([word = '', ...classical]) => classical.length > 0 && isPair(word),
  );
  const singles = new Set(concepts.map(([word = '']) => word).filter((word) => !isPair(word)));
  const rare = [...singles].filter((word) => lexical.inverseDocumentFrequency(word) >= RARE_IDF);
  const possible = pairs.length + words.length;
  return ({ text, names, reading }) => {
    const folded = `${text} ${names} ${reading}`;
    if (possible === 0) return [...singles].some((word) => folded.includes(word)) ? 1 : 0;
    const met = pairs.filter((pair) => folded.includes(pair)).length;
    const said = words.filter((alternatives) => alternatives.some((word) => folded.includes(word)));
    const hints = rare.filter((word) => folded.includes(word)).length * HINT;
    const named = pairs.some((pair) => names.includes(pair)) ? NAMED : 0;
    const reasons = met + said.length + hints + named;
    return Math.min(1, reasons / Math.min(REASONS_NEEDED, possible));
  };
}

function isPair(word: string): boolean {
  return [...word].length > 1;
}
