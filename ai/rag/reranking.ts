import type { Question } from './question.ts';

export interface RankingSignals {
  /** From fusion, 0 to 1. */
  score: number;
  /** Share of the question's concepts that the passage speaks of, 0 to 1. */
  coverage: number;
  /** How alike question and passage are to the local model, -1 to 1. */
  likeness: number;
  /** How much of the passage can be read, 0 to 1. Who quotes it wants it all the same. */
  legibility: number;
  /** How much of the question is a name of its work, chapter or author, 0 to 1. */
  named: number;
  /** How much of a line that the question quotes with a slip stands in it, 0 to 1. */
  misquoted: number;
  /** The folded words of the passage. */
  folded: string;
}

/** A shared run of this many characters is a quotation; of three or fewer it may be chance. */
const CHANCE_RUN = 3;
/** Fitted together by listwise softmax regression (docs/decisions/0005-ranking.md), then rounded. */
const LIKENESS_WEIGHT = 3;
const COVERAGE_WEIGHT = 2;
const QUOTATION_WEIGHT = 1;
/** Whoever names a chapter or writes a line, however badly, wants that one before all that is like it. */
const NAME_WEIGHT = 1.5;
const SLIP_WEIGHT = 2;
const TOTAL_WEIGHT = 1 + LIKENESS_WEIGHT + COVERAGE_WEIGHT + NAME_WEIGHT + SLIP_WEIGHT;

/**
 * The order in which passages are shown, 0 to 1: retrieval, plus how alike question and passage are,
 * plus how many of the question's concepts a passage meets, plus how much of the question is its name, plus how
 * long a run of the question it holds word for word or with a slip, since a learner who quotes wants the source of
 * the quotation, however common its characters are.
 */
export function rankingScore({ parts }: Question, signals: RankingSignals): number {
  const longestPart = Math.max(...parts.map((part) => part.length), CHANCE_RUN * 2);
  const run = longestQuotedRun(parts, signals.folded);
  const quoted = Math.max(0, run - CHANCE_RUN) / (longestPart - CHANCE_RUN);
  const { score, coverage, named, misquoted } = signals;
  const alike = LIKENESS_WEIGHT * Math.max(0, signals.likeness);
  const meant = score + alike + COVERAGE_WEIGHT * coverage + NAME_WEIGHT * named;
  const written = Math.max(QUOTATION_WEIGHT * quoted, SLIP_WEIGHT * misquoted);
  return (meant * signals.legibility + written) / TOTAL_WEIGHT;
}

/** How much of the question the longest of these names is, 0 to 1; names of one character are none. */
export function namedShare({ parts, concepts }: Question, names: Iterable<string>): number {
  let longest = 0;
  for (const name of names) {
    const isLonger = name.length > Math.max(1, longest);
    if (isLonger && parts.some((part) => part.includes(name))) longest = name.length;
  }
  const asked = concepts.reduce((sum, [word = '']) => sum + word.length, 0);
  return Math.min(1, longest / Math.max(1, asked));
}

/** Whether the question holds words of the text that cannot be there by chance. */
export function isQuotedIn({ parts }: Question, folded: string): boolean {
  return longestQuotedRun(parts, folded) > CHANCE_RUN;
}

/** Shorter words are as often a topic as a quotation. */
const SHORTEST_LINE = 5;

/** Whether the question is a line of the text and nothing else, apart from what only asks. */
export function isLineOf({ parts }: Question, folded: string): boolean {
  const line = parts.join('');
  return line.length >= SHORTEST_LINE && parts.every((part) => folded.includes(part));
}

const MOST_PLACES = 10_000;

/**
 * Where the question is a line, 0.99 to 1: what stands in several works is cited from the first in the
 * order of the library, as the check of quotations does, and not from where the cut happens to suit.
 */
export function sourceScore(placeOfWork: number): number {
  return 1 - Math.min(placeOfWork, MOST_PLACES) / MOST_PLACES / 100;
}

function longestQuotedRun(parts: readonly string[], folded: string): number {
  return Math.max(...parts.map((part) => longestCommonRun(part, folded)), 0);
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
