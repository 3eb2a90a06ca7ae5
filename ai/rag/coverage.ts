import type { LexicalIndex } from './lexical-index.ts';
import type { Concept } from './question.ts';

/**
 * Which share of what a question is about a text speaks of, each concept weighted by how rare its
 * commonest word is. Unlike BM25 it rewards a passage for meeting all of them once rather than one
 * of them often.
 */
export function createCoverage(
  concepts: readonly Concept[],
  lexical: Pick<LexicalIndex, 'inverseDocumentFrequency'>,
): (folded: string) => number {
  const weighted = concepts.map((words) => ({
    words,
    weight: Math.min(...words.map((word) => lexical.inverseDocumentFrequency(word))),
  }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  return (folded) => {
    if (total === 0) return 0;
    const covered = weighted.filter(({ words }) => words.some((word) => folded.includes(word)));
    return covered.reduce((sum, { weight }) => sum + weight, 0) / total;
  };
}
