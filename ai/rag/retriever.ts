import type { Passage } from '../passage.ts';
import { createCoverage } from './coverage.ts';
import { withoutDuplicates } from './deduplication.ts';
import { fuse, type ScoredId } from './fusion.ts';
import { legibility } from './legibility.ts';
import { isAboutModernThings } from './modern-topics.ts';
import type { PassageLibrary } from './passage-library.ts';
import { analyseQuestion, type Question } from './question.ts';
import { isQuotedIn, rankingScore } from './reranking.ts';
import { createSupport } from './support.ts';

export interface RetrievedPassage {
  passage: Passage;
  /** 0 to 1, best first; comparable within one result only. */
  score: number;
}

export interface Retrieval {
  items: RetrievedPassage[];
  /** 0 to 1: how much reason there is to think that the best passages speak of what is asked. */
  support: number;
  /** False when the vector database was away and lexical retrieval answered alone. */
  dense: boolean;
}

export interface Retriever {
  retrieve(question: string, options: { limit: number; workId?: string }): Promise<Retrieval>;
}

const CANDIDATES = 200;
const CANDIDATES_IN_A_CROWD = 2_000;
const LEXICAL_WEIGHT = 0.75;
const DENSE_WEIGHT = 0.25;
const SUPPORT_LOOKS_AT = 5;

/** Lexical and dense candidates → fused → reranked → duplicates removed → the best `limit`. */
export function createRetriever(parts: {
  library: PassageLibrary;
  /** Nearest first by meaning, as far as vectors tell. */
  nearest: (question: string, k: number) => Promise<ScoredId[]>;
  onDenseFailure: (error: unknown) => void;
}): Retriever {
  const { library, nearest, onDenseFailure } = parts;

  /** While a work is being read in, its vectors lie among the others and must not crowd them out. */
  async function publishedHits(question: string): Promise<ScoredId[]> {
    const isPublished = ({ id }: ScoredId) => library.passage(id) !== undefined;
    const hits = await nearest(question, CANDIDATES);
    const published = hits.filter(isPublished);
    if (hits.length < CANDIDATES || published.length >= CANDIDATES / 2) return published;
    return (await nearest(question, CANDIDATES_IN_A_CROWD)).filter(isPublished);
  }

  async function denseHits(question: string, workId?: string): Promise<ScoredId[] | undefined> {
    try {
      const hits = await publishedHits(question);
      if (workId === undefined) return hits;
      return hits.filter(({ id }) => library.passage(id)?.workId === workId);
    } catch (error) {
      onDenseFailure(error);
      return undefined;
    }
  }

  function rank(question: Question, candidates: readonly ScoredId[]) {
    const coverageOf = createCoverage(question.concepts, library.lexical);
    const ranked = candidates.flatMap(({ id, score }) => {
      const passage = library.passage(id);
      if (!passage) return [];
      const { text, names, reading } = library.folded(id);
      const coverage = coverageOf(`${text} ${names} ${reading}`);
      const rank = rankingScore(question, { score, coverage, folded: text });
      return [{ passage, coverage, score: rank * legibility(passage.text) }];
    });
    return ranked.sort((a, b) => b.score - a.score);
  }

  /** 「人生几何」 and 「停车坐爱枫林晚」 name things of today only until they are found to be quoted. */
  function supportOf(question: Question, best: ReturnType<typeof rank>): number {
    const quoted = () =>
      best.some(({ passage }) => isQuotedIn(question, library.folded(passage.id).text));
    if (isAboutModernThings(question.parts) && !quoted()) return 0;
    const supportBy = createSupport(question, library.lexical);
    return Math.max(0, ...best.map(({ passage }) => supportBy(library.folded(passage.id))));
  }

  return {
    async retrieve(asked, { limit, workId }) {
      const question = analyseQuestion(asked);
      const dense = await denseHits(asked, workId);
      const lexical = library.lexical.search(question.terms, CANDIDATES, workId);
      const ranked = rank(
        question,
        fuse([
          { hits: lexical, weight: LEXICAL_WEIGHT },
          { hits: dense ?? [], weight: DENSE_WEIGHT },
        ]),
      );
      const support = supportOf(question, ranked.slice(0, SUPPORT_LOOKS_AT));
      const items = withoutDuplicates(ranked, limit, (id) => library.folded(id).text);
      return { items, support, dense: dense !== undefined };
    },
  };
}
