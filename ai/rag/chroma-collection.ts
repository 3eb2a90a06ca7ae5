import { Chroma } from '@langchain/community/vectorstores/chroma';
import type { EmbeddingsInterface } from '@langchain/core/embeddings';
import {
  ChromaClient,
  ChromaClientError,
  ChromaNotFoundError,
  ChromaValueError,
  type Collection,
} from 'chromadb';

export interface ChromaAddress {
  host: string;
  port: number;
  ssl: boolean;
}

/** The vector database did not do what it was asked; whoever asks goes on without it. */
export class VectorsUnavailableError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'VectorsUnavailableError';
  }
}

export interface ChromaCollectionOptions {
  name: string;
  dimension: number;
  /** Asked before every call, because a restarted Chroma may be somewhere else. */
  address: () => ChromaAddress | undefined;
  /** For this long after a failure, calls fail at once. */
  retryAfterMs: number;
}

/** The one collection at the one address, as far as it can be reached. */
export interface ChromaCollection {
  /** Rejects with {@link VectorsUnavailableError}, at the latest after `deadlineMs`. */
  call<Result>(
    deadlineMs: number,
    work: (store: Chroma, collection: Collection) => Promise<Result>,
  ): Promise<Result>;
}

interface Connection {
  where: string;
  store: Chroma;
  restsUntil: number;
}

export function createChromaCollection(options: ChromaCollectionOptions): ChromaCollection {
  let connection: Connection | undefined;

  function connected(): Connection {
    const address = options.address();
    const where = address && `${address.ssl ? 'https' : 'http'}://${address.host}:${address.port}`;
    if (!address || !where) {
      connection = undefined;
      throw new VectorsUnavailableError('Chroma is not running');
    }
    if (connection?.where !== where) {
      connection = { where, store: openStore(options, address), restsUntil: 0 };
    }
    return connection;
  }

  async function attempt<Result>(
    current: Connection,
    work: (store: Chroma, collection: Collection) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(current.store, await current.store.ensureCollection());
    } catch (error) {
      if (!(error instanceof ChromaNotFoundError)) throw error;
      // Another database answers at the same address: the old one was lost.
      delete current.store.collection;
      return work(current.store, await current.store.ensureCollection());
    }
  }

  return {
    async call(deadlineMs, work) {
      const current = connected();
      if (Date.now() < current.restsUntil) {
        throw new VectorsUnavailableError('Chroma failed a moment ago and is left alone');
      }
      try {
        return await withDeadline(attempt(current, work), deadlineMs);
      } catch (error) {
        if (!isFaultOfRequest(error)) current.restsUntil = Date.now() + options.retryAfterMs;
        throw new VectorsUnavailableError(`Chroma failed: ${messageOf(error)}`, error);
      }
    },
  };
}

function openStore({ name, dimension }: ChromaCollectionOptions, address: ChromaAddress): Chroma {
  return new Chroma(vectorsAreGiven, {
    index: new ChromaClient(address),
    collectionName: name,
    collectionMetadata: { 'hnsw:space': 'cosine' },
    numDimensions: dimension,
  });
}

/** The store insists on embeddings and is only ever handed vectors. */
const vectorsAreGiven: EmbeddingsInterface = {
  embedDocuments: () => Promise.reject(new Error('vectors are computed elsewhere')),
  embedQuery: () => Promise.reject(new Error('vectors are computed elsewhere')),
};

async function withDeadline<Result>(work: Promise<Result>, deadlineMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Chroma is well and would refuse the same request again. */
function isFaultOfRequest(error: unknown): boolean {
  return error instanceof ChromaClientError || error instanceof ChromaValueError;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
