import type { Passage } from '../passage.ts';
import { termsOf } from './terms.ts';

/** Two editions of a poem share nearly all of their bigrams; two poems of one poet a handful. */
const SAME_TEXT = 0.8;

interface RankedPassage {
  passage: Passage;
  score: number;
}

/** The best `limit` passages, leaving out those that repeat the words of a better one. */
export function withoutDuplicates(
  ranked: readonly RankedPassage[],
  limit: number,
  foldedTextOf: (passageId: string) => string,
): RankedPassage[] {
  const kept: { item: RankedPassage; terms: Set<string> }[] = [];
  for (const item of ranked) {
    if (kept.length === limit) break;
    const terms = new Set(termsOf(foldedTextOf(item.passage.id)));
    if (!kept.some((other) => jaccard(terms, other.terms) >= SAME_TEXT)) kept.push({ item, terms });
  }
  return kept.map(({ item: { passage, score } }) => ({ passage, score }));
}

function jaccard(a: Set<string>, b: Set<string>): number {
  let common = 0;
  for (const term of a) if (b.has(term)) common += 1;
  return common / Math.max(1, a.size + b.size - common);
}
