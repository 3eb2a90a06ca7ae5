import { randomUUID } from 'node:crypto';
import type { EmbeddingModel } from '../../ai/rag/embeddings/model-file.ts';
import { TrainedEmbeddings } from '../../ai/rag/embeddings/trained-embeddings.ts';
import { foldText } from '../../ai/rag/folding.ts';
import { LexicalIndex } from '../../ai/rag/lexical-index.ts';
import { Likeness } from '../../ai/rag/likeness.ts';
import { type LibraryWork, PassageLibrary } from '../../ai/rag/passage-library.ts';
import { createPassageVectors, type PassageVectors } from '../../ai/rag/passage-vectors.ts';
import { QuotationIndex } from '../../ai/rag/quotation-index.ts';
import { type Built, built } from './retrieval-cost.ts';
import { openPlain } from './retrieval-plain.ts';
import {
  bm25fAlone,
  nearestIn,
  plainBm25,
  type Searched,
  SHOWN,
  type System,
  vectorsAlone,
  whole,
  withoutStages,
} from './retrieval-systems.ts';
import { type Texts, withoutReadings } from './retrieval-texts.ts';

/** Some texts, everything that finds in them, and what it took to get there. */
export interface Ground {
  texts: Texts;
  systems: readonly System[];
  vectors: PassageVectors;
  embeddings: TrainedEmbeddings;
  /** The fullest library of these texts. */
  library: PassageLibrary;
  costs: GroundCosts;
}

export interface GroundCosts {
  passages: number;
  characters: number;
  /** A second, one after another. */
  embedded: number;
  /** Vectors a second into Chroma, embedding not counted. */
  stored: number;
  libraries: ({ readings: boolean } & IndexCosts)[];
  plain: { pieces: number; milliseconds: number };
}

interface IndexCosts {
  whole: Built<unknown>;
  lexical: Built<unknown>;
  quotations: Built<unknown>;
  likeness: Built<unknown>;
}

export type Address = { host: string; port: number; ssl: boolean };

const BATCH = 1_000;
/** A collection of hundreds of thousands may have to be made ready for the first query. */
const PATIENCE_MS = 60_000;

export async function openGround(
  texts: Texts,
  model: EmbeddingModel,
  address: () => Address | undefined,
): Promise<Ground> {
  const { embeddings, vectors, filled } = await openVectors(texts.works, model, address);
  const libraries = await librariesOf(texts, model);
  const plain = await built(() => openPlain(texts, embeddings, address() ?? gone()));
  const searched = libraries.map(({ readings, costs }): Searched => {
    const nearest = nearestIn(vectors, embeddings);
    return { library: costs.whole.made, readings, nearest, likeness: costs.likeness.made };
  });
  const [fullest] = searched;
  if (!fullest) throw new Error('no library');
  const systems: System[] = [
    {
      ...{ name: 'LangChain: splitter 500/50, Chroma', readings: false },
      search: (query) => plain.made.search(query, SHOWN),
    },
    plainBm25(texts.works, fullest.library),
    vectorsAlone(fullest),
    ...searched
      .toReversed()
      .flatMap((each) => [whole(each), ...withoutStages(each), bm25fAlone(each)]),
  ];
  return {
    ...{ texts, systems, vectors, embeddings, library: fullest.library },
    costs: {
      ...filled,
      libraries: libraries.map(({ readings, costs }) => ({ readings, ...costs })),
      plain: { pieces: plain.made.pieces, milliseconds: plain.milliseconds },
    },
  };
}

/** The vectors of all passages in Chroma, in a collection of their own. */
export async function openVectors(
  works: readonly LibraryWork[],
  model: EmbeddingModel,
  address: () => Address | undefined,
) {
  const embeddings = new TrainedEmbeddings({ model, fold: foldText });
  const vectors = createPassageVectors({
    ...{ address, model: `${model.name}-${randomUUID()}`, dimension: embeddings.dimension },
    queryTimeoutMs: PATIENCE_MS,
  });
  return { embeddings, vectors, filled: await fill(vectors, embeddings, works) };
}

async function librariesOf({ works, hasReadings }: Texts, model: EmbeddingModel) {
  // Dictionaries are read and code is compiled once for all.
  await indexCosts(works.slice(0, 1), model);
  const bare = { readings: false, costs: await indexCosts(works.map(withoutReadings), model) };
  return hasReadings ? [{ readings: true, costs: await indexCosts(works, model) }, bare] : [bare];
}

/** The two indexes also by themselves: a library holds folded texts and names besides. */
export async function indexCosts(works: readonly LibraryWork[], model: EmbeddingModel) {
  const lexical = await built(() => {
    const index = new LexicalIndex();
    for (const { id, passages, aliases } of works) index.put(id, passages, aliases);
    return index;
  });
  const quotations = await built(() => {
    const index = new QuotationIndex();
    for (const { id, passages } of works) index.put(id, passages);
    return index;
  });
  const library = await built(() => {
    const made = new PassageLibrary();
    for (const work of works) made.put(work);
    return made;
  });
  const figures = ({ milliseconds, bytes }: Built<unknown>) => ({
    ...{ made: undefined, milliseconds, bytes },
  });
  const likeness = await built(() => preparedLikeness(library.made, model));
  return {
    ...{ whole: library, likeness },
    ...{ lexical: figures(lexical), quotations: figures(quotations) },
  };
}

/** As far as it has room; the service does so in the background. */
export async function preparedLikeness(
  library: PassageLibrary,
  model: EmbeddingModel,
): Promise<Likeness> {
  const likeness = new Likeness(model);
  for (const workId of library.workIds) await likeness.prepare(library.foldedPassages(workId));
  return likeness;
}

async function fill(
  vectors: PassageVectors,
  embeddings: TrainedEmbeddings,
  works: readonly LibraryWork[],
) {
  const passages = works.flatMap((work) => work.passages);
  let embeddingMs = 0;
  let storingMs = 0;
  for (let start = 0; start < passages.length; start += BATCH) {
    const batch = passages.slice(start, start + BATCH);
    const began = performance.now();
    const made = await embeddings.embedDocuments(batch.map(({ text }) => text));
    const embedded = performance.now();
    const items = batch.map(({ id, workId }, n) => ({ id, workId, vector: made[n] ?? [] }));
    await vectors.upsert(items);
    embeddingMs += embedded - began;
    storingMs += performance.now() - embedded;
  }
  return {
    passages: passages.length,
    characters: passages.reduce((sum, { text }) => sum + text.length, 0),
    embedded: (passages.length / embeddingMs) * 1_000,
    stored: (passages.length / storingMs) * 1_000,
  };
}

function gone(): never {
  throw new Error('Chroma is gone');
}
