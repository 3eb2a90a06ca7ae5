import type { Passage } from '../passage.ts';
import { withoutDuplicates } from './deduplication.ts';
import type { PassageEmbeddings } from './embeddings/passage-embeddings.ts';
import { fuse, type ScoredId } from './fusion.ts';
import type { PassageLibrary } from './passage-library.ts';
import type { PassageVectors } from './passage-vectors.ts';
import { questionTerms } from './question-terms.ts';
import { rerank } from './reranking.ts';
import { supportFor } from './support.ts';

export interface RetrievedPassage {
  passage: Passage;
  /** 0 to 1, best first; comparable within one result only. */
  score: number;
}

export interface Retrieval {
  items: RetrievedPassage[];
  /** 0 to 1: how much of what the question asks about occurs in the best passages. */
  support: number;
  /** False when the vector database was away and lexical retrieval answered alone. */
  dense: boolean;
}

export interface Retriever {
  retrieve(question: string, options: { limit: number; workId?: string }): Promise<Retrieval>;
}

const CANDIDATES = 100;
const LEXICAL_WEIGHT = 0.75;
const DENSE_WEIGHT = 0.25;

/** Lexical and dense candidates → fused → reranked → duplicates removed → the best `limit`. */
export function createRetriever(parts: {
  library: PassageLibrary;
  embeddings: PassageEmbeddings;
  vectors: PassageVectors;
  onDenseFailure: (error: unknown) => void;
}): Retriever {
  const { library, embeddings, vectors, onDenseFailure } = parts;

  async function denseHits(question: string, workId?: string): Promise<ScoredId[] | undefined> {
    try {
      const vector = await embeddings.embedQuery(question);
      const hits = await vectors.query(vector, CANDIDATES);
      return hits
        .filter(({ id }) => {
          const passage = library.passage(id);
          return passage && (workId === undefined || passage.workId === workId);
        })
        .map(({ id, similarity }) => ({ id, score: similarity }));
    } catch (error) {
      onDenseFailure(error);
      return undefined;
    }
  }

  return {
    async retrieve(question, { limit, workId }) {
      const dense = await denseHits(question, workId);
      const terms = questionTerms(question);
      const lexical = library.lexical.search(terms, CANDIDATES, workId);
      const fused = fuse([
        { hits: lexical, weight: LEXICAL_WEIGHT },
        { hits: dense ?? [], weight: DENSE_WEIGHT },
      ]);
      const candidates = fused.flatMap(({ id, score }) => {
        const passage = library.passage(id);
        return passage ? [{ passage, score }] : [];
      });
      const items = withoutDuplicates(rerank(question, candidates), limit);
      return {
        items,
        support: supportFor(terms, items, library.lexical),
        dense: dense !== undefined,
      };
    },
  };
}
