import { foldText } from './folding.ts';
import type { LexicalIndex, WeightedTerms } from './lexical-index.ts';
import type { RetrievedPassage } from './retriever.ts';
import { isBigram, termsOf } from './terms.ts';

const PASSAGES_LOOKED_AT = 5;

/**
 * How much of the question's subject, weighted by rarity, occurs in its best passage. Words that the
 * whole library lacks (「Python」, 「股票」) weigh most, so a question about something else scores low.
 */
export function supportFor(
  terms: WeightedTerms,
  items: readonly RetrievedPassage[],
  lexical: LexicalIndex,
): number {
  const singles = [...terms].filter(([term]) => !isBigram(term));
  const weight = ([term, share]: readonly [string, number]) =>
    share * lexical.inverseDocumentFrequency(term);
  const total = singles.reduce((sum, entry) => sum + weight(entry), 0);
  if (total === 0) return 0;
  const shares = items.slice(0, PASSAGES_LOOKED_AT).map(({ passage }) => {
    const names = [passage.work, passage.chapter, passage.author].join('');
    const present = new Set(termsOf(foldText(passage.text + names)));
    const covered = singles.filter(([term]) => present.has(term));
    return covered.reduce((sum, entry) => sum + weight(entry), 0) / total;
  });
  return Math.max(0, ...shares);
}
