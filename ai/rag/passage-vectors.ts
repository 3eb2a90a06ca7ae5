import { createHash } from 'node:crypto';
import {
  type ChromaAddress,
  type ChromaCollection,
  createChromaCollection,
} from './chroma-collection.ts';

export interface PassageVector {
  id: string;
  vector: number[];
  workId: string;
}

/**
 * The vectors of all passages under one embedding. Derived data: whatever is missing can be computed
 * again from the passages. Every call rejects with `VectorsUnavailableError` when the database does
 * not answer in time, and for a moment afterwards at once, so that no question waits for it twice.
 */
export interface PassageVectors {
  /** Names model and dimension: vectors of different embeddings never meet. */
  readonly collection: string;
  /** Idempotent by id; of two items with one id the later counts. */
  upsert(items: PassageVector[]): Promise<void>;
  /** Nearest first; `similarity` is the cosine, -1 to 1. */
  query(vector: number[], k: number): Promise<{ id: string; similarity: number }[]>;
  /** Unknown ids are no error. */
  delete(ids: string[]): Promise<void>;
  deleteWork(workId: string): Promise<void>;
  count(): Promise<number>;
  ids(): Promise<Set<string>>;
  /** The same a page at a time, of one work or of all; what is deleted meanwhile shifts the pages. */
  idPages(workId?: string): AsyncIterable<string[]>;
  /** Which of them are there; a thousand at most. */
  known(ids: readonly string[]): Promise<Set<string>>;
  /** Deletes the collection; the next vector makes it anew. */
  drop(): Promise<void>;
}

export interface PassageVectorsOptions {
  address: () => ChromaAddress | undefined;
  model: string;
  dimension: number;
  queryTimeoutMs?: number;
  /** For each batch of a bulk operation. */
  bulkTimeoutMs?: number;
  retryAfterMs?: number;
}

/**
 * Questions wait while Chroma takes a batch in, and each costs it a commit (docs/decisions/0014-documents.md).
 * Whoever has many vectors hands over so many at a time.
 */
export const VECTORS_AT_ONCE = 500;
const PAGE = 5_000;
/** How many times the patience with a batch a whole work may take. */
const WORK_BATCHES = 10;

export function createPassageVectors(options: PassageVectorsOptions): PassageVectors {
  const { model, dimension, queryTimeoutMs = 2_000, bulkTimeoutMs = 30_000 } = options;
  const name = collectionName(model, dimension);
  const chroma = createChromaCollection({
    name,
    dimension,
    address: options.address,
    retryAfterMs: options.retryAfterMs ?? 2_000,
  });
  return {
    collection: name,
    query: (vector, k) => nearest(chroma, queryTimeoutMs, vector, k),
    count: () => chroma.call(queryTimeoutMs, (_, collection) => collection.count()),
    ids: () => allIds(chroma, bulkTimeoutMs),
    drop: () => chroma.drop(bulkTimeoutMs),
    idPages: (workId) => idPages(chroma, bulkTimeoutMs, workId),
    async known(ids) {
      const found = await chroma.call(bulkTimeoutMs, (_, collection) =>
        collection.get({ ids: [...ids], include: [] }),
      );
      return new Set(found.ids);
    },
    async upsert(items) {
      const latest = [...new Map(items.map((item) => [item.id, item])).values()];
      for (const batch of batches(latest)) await upsertBatch(chroma, bulkTimeoutMs, batch);
    },
    async delete(ids) {
      for (const batch of batches(ids)) {
        await chroma.call(bulkTimeoutMs, (store) => store.delete({ ids: batch }));
      }
    },
    // One request however large the work is: a third of the time that deleting by ids takes.
    deleteWork: (workId) =>
      chroma.call(bulkTimeoutMs * WORK_BATCHES, (store) => store.delete({ filter: { workId } })),
  };
}

/** Chroma's names are 3 to 512 of `[a-zA-Z0-9._-]`; models that need squeezing stay apart by a hash. */
export function collectionName(model: string, dimension: number): string {
  const plain = model.replaceAll(/[^a-zA-Z0-9._-]+/g, '-').slice(0, 100);
  const hash = createHash('sha256').update(model).digest('hex').slice(0, 8);
  return `guoxue-${plain === model ? plain : `${plain}-${hash}`}-${dimension}`;
}

/** Past the wrapper, which would add an empty text to each vector: that costs Chroma a third more. */
async function upsertBatch(chroma: ChromaCollection, timeoutMs: number, batch: PassageVector[]) {
  await chroma.call(timeoutMs, (_, collection) =>
    collection.upsert({
      ids: batch.map(({ id }) => id),
      embeddings: batch.map(({ vector }) => vector),
      metadatas: batch.map(({ workId }) => ({ workId })),
    }),
  );
}

async function nearest(chroma: ChromaCollection, timeoutMs: number, vector: number[], k: number) {
  const hits = await chroma.call(timeoutMs, (store) =>
    store.similaritySearchVectorWithScore(vector, k),
  );
  return hits.flatMap(([{ id }, distance]) =>
    id === undefined ? [] : [{ id, similarity: Math.min(1, Math.max(-1, 1 - distance)) }],
  );
}

/** The wrapper cannot list what it holds, the collection behind it can. */
async function allIds(chroma: ChromaCollection, timeoutMs: number): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const page of idPages(chroma, timeoutMs)) for (const id of page) ids.add(id);
  return ids;
}

async function* idPages(
  chroma: ChromaCollection,
  timeoutMs: number,
  workId?: string,
): AsyncGenerator<string[]> {
  const where = workId === undefined ? {} : { where: { workId } };
  for (let offset = 0; ; offset += PAGE) {
    const page = await chroma.call(timeoutMs, (_, collection) =>
      collection.get({ ...where, limit: PAGE, offset, include: [] }),
    );
    if (page.ids.length > 0) yield page.ids;
    if (page.ids.length < PAGE) return;
  }
}

function batches<Item>(items: Item[]): Item[][] {
  const parts: Item[][] = [];
  for (let start = 0; start < items.length; start += VECTORS_AT_ONCE) {
    parts.push(items.slice(start, start + VECTORS_AT_ONCE));
  }
  return parts;
}
