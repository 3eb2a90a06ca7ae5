import { LRUCache } from 'lru-cache';
import type { Passage } from '../passage.ts';
import { type AroundStage, unwatched } from '../stages.ts';
import { withAlsoWorded } from './also-worded.ts';
import { namesOf } from './chapter-names.ts';
import { createCoverage } from './coverage.ts';
import { withoutDuplicates } from './deduplication.ts';
import { fuse, type ScoredId } from './fusion.ts';
import { legibility } from './legibility.ts';
import type { Likeness } from './likeness.ts';
import { misquotedLines } from './misquoted-lines.ts';
import { isAboutModernThings } from './modern-topics.ts';
import type { PassageLibrary } from './passage-library.ts';
import { analyseQuestion, type Question } from './question.ts';
import { isLineOf, isQuotedIn, namedShare, rankingScore, sourceScore } from './reranking.ts';
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

export interface RetrievalOptions {
  limit: number;
  workId?: string;
  /**
   * Other wordings of the question, guessed and perhaps wrong: words to search by besides its own.
   * They decide where one looks, so ask for the support without them.
   */
  alsoWorded?: readonly string[];
}

export interface Retriever {
  retrieve(question: string, options: RetrievalOptions): Promise<Retrieval>;
}

const CANDIDATES = 200;
const RERANKED = 100;
const CANDIDATES_IN_A_CROWD = 2_000;
const LEXICAL_WEIGHT = 0.75;
const DENSE_WEIGHT = 0.25;
const SUPPORT_LOOKS_AT = 5;
/** To fold a title takes longer than to compare it. */
const KEPT_TITLES = 5_000;

/** Lexical and dense candidates → fused → reranked → duplicates removed → the best `limit`. */
export function createRetriever(parts: {
  library: PassageLibrary;
  /** Nearest first by meaning, as far as vectors tell. */
  nearest: (question: string, k: number) => Promise<ScoredId[]>;
  likeness: Pick<Likeness, 'to'>;
  onDenseFailure: (error: unknown) => void;
  around?: AroundStage | undefined;
}): Retriever {
  const { library, nearest, likeness, onDenseFailure, around = unwatched } = parts;
  const namesOfTitle = new LRUCache<string, readonly string[]>({
    max: KEPT_TITLES,
    memoMethod: (title) => [...namesOf(title)],
  });

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

  /** The best by their scores, and where the lines stand that the question has with a slip. */
  function candidatesOf(fused: readonly ScoredId[], misquoted: Iterable<string>): ScoredId[] {
    const best = fused.slice(0, RERANKED);
    const known = new Set(best.map(({ id }) => id));
    const others = [...misquoted].filter((id) => !known.has(id));
    return [...best, ...others.map((id) => ({ id, score: 0 }))];
  }

  function rank(asked: string, question: Question, fused: readonly ScoredId[], workId?: string) {
    const misquoted = misquotedLines(question, library.quotations);
    const likenessTo = likeness.to(asked);
    const places = new Map(library.workIds.map((id, place) => [id, place]));
    const coverageOf = createCoverage(question.concepts, library.lexical);
    const ranked = candidatesOf(fused, misquoted.keys()).flatMap(({ id, score }) => {
      const passage = library.passage(id);
      if (!passage || (workId !== undefined && passage.workId !== workId)) return [];
      const folded = library.folded(id);
      const { text, names, reading } = folded;
      if (isLineOf(question, text)) {
        return [{ passage, score: sourceScore(places.get(passage.workId) ?? 0) }];
      }
      const rank = rankingScore(question, {
        ...{ score, folded: text, likeness: likenessTo(folded) },
        named: namedShare(question, [...names.split(' '), ...namesOfTitle.memo(passage.chapter)]),
        misquoted: misquoted.get(id) ?? 0,
        coverage: coverageOf(`${text} ${names} ${reading}`),
        legibility: legibility(passage.text),
      });
      return [{ passage, score: rank }];
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
    async retrieve(asked, { limit, workId, alsoWorded }) {
      const question = analyseQuestion(asked);
      const dense = await denseHits(asked, workId);
      const terms = withAlsoWorded(question.terms, alsoWorded);
      const lexical = around('lexical', () => library.lexical.search(terms, CANDIDATES, workId));
      const fused = fuse([
        { hits: lexical, weight: LEXICAL_WEIGHT },
        { hits: dense ?? [], weight: DENSE_WEIGHT },
      ]);
      const ranked = around('rerank', () => rank(asked, question, fused, workId));
      const support = supportOf(question, ranked.slice(0, SUPPORT_LOOKS_AT));
      const items = withoutDuplicates(ranked, limit, (id) => library.folded(id).text);
      return { items, support, dense: dense !== undefined };
    },
  };
}
