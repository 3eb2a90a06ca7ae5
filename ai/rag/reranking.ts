import { foldText } from './folding.ts';
import { subjectOf } from './question-terms.ts';
import type { RetrievedPassage } from './retriever.ts';

/** A shared run of this many characters is a quotation; of three or fewer it may be chance. */
const CHANCE_RUN = 3;
const QUOTATION_WEIGHT = 1;

/**
 * Lifts passages that hold a long run of the question word for word: a learner who quotes wants the
 * source of the quotation, however common its characters are.
 */
export function rerank(
  question: string,
  candidates: readonly RetrievedPassage[],
): RetrievedPassage[] {
  const parts = subjectOf(question);
  const longestPart = Math.max(...parts.map((part) => part.length), 1);
  const raised = candidates.map(({ passage, score }) => {
    const text = foldText(passage.text);
    const run = Math.max(...parts.map((part) => longestCommonRun(part, text)), 0);
    const quoted = Math.max(0, run - CHANCE_RUN) / Math.max(longestPart, CHANCE_RUN * 2);
    return { passage, score: (score + QUOTATION_WEIGHT * quoted) / (1 + QUOTATION_WEIGHT) };
  });
  return raised.sort((a, b) => b.score - a.score);
}

function longestCommonRun(a: string, b: string): number {
  let longest = 0;
  for (let start = 0; start + longest < a.length; start += 1) {
    while (start + longest < a.length && b.includes(a.slice(start, start + longest + 1))) {
      longest += 1;
    }
  }
  return longest;
}
