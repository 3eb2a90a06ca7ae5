import { foldText } from './folding.ts';
import type { WeightedTerms } from './lexical-index.ts';
import { termsOf } from './terms.ts';

/** A guess at what the text says counts less than what the learner said. */
const WEIGHT = 0.5;

/** The terms of a question and, where it does not have them, those of other wordings of it. */
export function withAlsoWorded(
  terms: WeightedTerms,
  alsoWorded: readonly string[] = [],
): WeightedTerms {
  const guessed = alsoWorded.flatMap((wording) => termsOf(foldText(wording)));
  return new Map([...guessed.map((term) => [term, WEIGHT] as const), ...terms]);
}
