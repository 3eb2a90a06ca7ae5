import type { TrainedEmbeddings } from '../../ai/rag/embeddings/trained-embeddings.ts';
import { foldText } from '../../ai/rag/folding.ts';
import { LexicalIndex } from '../../ai/rag/lexical-index.ts';
import type { Likeness } from '../../ai/rag/likeness.ts';
import type { PassageLibrary } from '../../ai/rag/passage-library.ts';
import type { PassageVectors } from '../../ai/rag/passage-vectors.ts';
import { analyseQuestion } from '../../ai/rag/question.ts';
import { createRetriever } from '../../ai/rag/retriever.ts';
import { termsOf } from '../../ai/rag/terms.ts';
import type { Result } from './retrieval-suite.ts';
import type { TextWork } from './retrieval-texts.ts';

export interface System {
  name: string;
  /** Whether it searches in readings too. */
  readings: boolean;
  search(query: string): Promise<readonly Result[]>;
}

type RetrieverParts = Parameters<typeof createRetriever>[0];

/** How many results are looked at. */
export const SHOWN = 10;
/** How many vectors the retriever asks for. */
export const NEAREST = 200;

const noLikeness: RetrieverParts['likeness'] = { to: () => () => 0 };

export function nearestIn(
  vectors: Pick<PassageVectors, 'query'>,
  embeddings: TrainedEmbeddings,
): RetrieverParts['nearest'] {
  return async (question, k) => {
    const hits = await vectors.query(await embeddings.embedQuery(question), k);
    return hits.map(({ id, similarity }) => ({ id, score: similarity }));
  };
}

export interface Searched {
  library: PassageLibrary;
  readings: boolean;
  nearest: RetrieverParts['nearest'];
  /** With the vectors of the passages computed, as the service does after its start. */
  likeness: Likeness;
}

/** As `backend/library/compose-library.ts` puts it together. */
export function whole(searched: Searched): System {
  const { library, nearest, likeness, readings } = searched;
  return retrieving('this program', readings, { library, nearest, likeness });
}

/** The same with one stage taken out each. */
export function withoutStages({ library, nearest, likeness, readings }: Searched): System[] {
  const parts = { library, nearest, likeness };
  const lexicalOff = withLexical(library, { search: () => [] });
  const coverageOff = withLexical(library, { inverseDocumentFrequency: () => 0 });
  return [
    retrieving('… without vectors', readings, { ...parts, nearest: async () => [] }),
    retrieving('… without BM25F', readings, { ...parts, library: lexicalOff }),
    retrieving('… without likeness', readings, { ...parts, likeness: noLikeness }),
    retrieving('… without coverage', readings, { ...parts, library: coverageOff }),
  ];
}

export function bm25fAlone({ library, readings }: Searched): System {
  return {
    ...{ name: 'its BM25F alone', readings },
    async search(query) {
      const hits = library.lexical.search(analyseQuestion(query).terms, SHOWN);
      return hits.flatMap(({ id }) => library.passage(id) ?? []);
    },
  };
}

/** Vectors are made of the text alone, so that readings change nothing. */
export function vectorsAlone({ library, nearest }: Searched, by = 'Chroma'): System {
  return {
    ...{ name: `its vectors alone (${by})`, readings: false },
    async search(query) {
      const hits = await nearest(query, NEAREST);
      return hits.slice(0, SHOWN).flatMap(({ id }) => library.passage(id) ?? []);
    },
  };
}

/** What every search by vectors costs at least: their database asked, the vector of the question at hand. */
export async function bareChroma(
  vectors: Pick<PassageVectors, 'query'>,
  embeddings: TrainedEmbeddings,
  queries: readonly string[],
): Promise<System> {
  const atHand = new Map<string, number[]>();
  for (const query of queries) atHand.set(query, await embeddings.embedQuery(query));
  return {
    ...{ name: `bare Chroma query for ${NEAREST}, its vector at hand`, readings: false },
    async search(query) {
      await vectors.query(atHand.get(query) ?? [], NEAREST);
      return [];
    },
  };
}

/** Okapi BM25 over the characters and pairs of the text, nothing known of questions. */
export function plainBm25(works: readonly TextWork[], library: PassageLibrary): System {
  const index = new LexicalIndex();
  const nameless = { work: '', chapter: '', author: null, dynasty: null, reading: undefined };
  for (const { id, passages } of works) {
    index.put(
      id,
      passages.map((passage) => ({ ...passage, ...nameless })),
      [],
    );
  }
  return {
    ...{ name: 'BM25, characters and pairs', readings: false },
    async search(query) {
      const terms = new Map(termsOf(foldText(query)).map((term) => [term, 1]));
      return index.search(terms, SHOWN).flatMap(({ id }) => library.passage(id) ?? []);
    },
  };
}

function retrieving(
  name: string,
  readings: boolean,
  parts: Omit<RetrieverParts, 'onDenseFailure'>,
): System {
  const retriever = createRetriever({
    ...parts,
    onDenseFailure(error) {
      // Figures of a run without vectors would be those of another system.
      throw error;
    },
  });
  return {
    ...{ name, readings },
    async search(query) {
      const { items } = await retriever.retrieve(query, { limit: SHOWN });
      return items.map(({ passage }) => passage);
    },
  };
}

type LexicalPart = Partial<Pick<LexicalIndex, 'search' | 'inverseDocumentFrequency'>>;

function withLexical(library: PassageLibrary, part: LexicalPart): PassageLibrary {
  return replacing(library, { lexical: replacing(library.lexical, part) });
}

/** The same object, but for what is replaced; its private fields stay its own. */
function replacing<Whole extends object>(original: Whole, part: Partial<NoInfer<Whole>>): Whole {
  return new Proxy(original, {
    get(target, property) {
      if (property in part) return Reflect.get(part, property);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
