import { loadShippedModel } from '../../ai/rag/embeddings/trained-embeddings.ts';
import { Likeness } from '../../ai/rag/likeness.ts';
import { createRetriever } from '../../ai/rag/retriever.ts';
import type { AroundStage } from '../../ai/stages.ts';
import type { WorkSource } from '../../corpus/source-work.ts';
import type { Logger } from '../logger.ts';
import type { MessageBus } from '../platform/bus/message-bus.ts';
import type { ReadCache } from '../platform/cache/read-cache.ts';
import type { Read } from '../platform/database/reading.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { Platform } from '../platform/platform.ts';
import { createIngestionService } from './ingestion-service.ts';
import { createKeptRetrieval } from './kept-retrieval.ts';
import { createLibraryPages, type PageStores } from './library-pages.ts';
import { createLibraryService } from './library-service.ts';
import type { LibraryStore } from './library-store.ts';
import { createPassageEmbedding } from './passage-embedding.ts';
import { openPublishedLibrary } from './published-library.ts';
import { createReadingReports } from './reading-reports/reading-report-service.ts';
import type { ReadingReportStore } from './reading-reports/reading-report-store.ts';
import type { ReadingStore } from './reading-store.ts';
import { createReadingUpload } from './reading-upload.ts';
import type { VectorSpaceAdministration } from './vector-spaces/vector-space-routes.ts';
import type { VectorSpaceStore } from './vector-spaces/vector-space-store.ts';
import { openVectorSpaces } from './vector-spaces/vector-spaces.ts';

interface LibraryStores {
  library: LibraryStore;
  readings: ReadingStore;
  readingReports: ReadingReportStore;
  vectorSpaces: VectorSpaceStore;
}

export async function openLibrary(parts: {
  stores: LibraryStores;
  /** What is only shown may come from a replica. */
  read: Read<PageStores>;
  transact: Transact<LibraryStores>;
  corpus: readonly WorkSource[];
  platform: Pick<Platform, 'vectorSpace' | 'openVectorSpace'>;
  bus: MessageBus;
  readCache: ReadCache;
  around: AroundStage;
  logger: Logger;
  /** Whether this process answers questions, and so holds the texts in memory. */
  held: boolean;
  unfinishedJobs: (kinds: readonly string[]) => Promise<number>;
}) {
  const { stores, read, transact, corpus, platform, bus, readCache, logger, held, around } = parts;
  const likeness = new Likeness(await loadShippedModel());
  const pages = createLibraryPages({ stores, read, readCache });
  const published = await openPublishedLibrary({
    ...{ store: stores.library, readings: stores.readings, bus, logger, held },
    changed: pages.forget,
    loaded: (passages) => void likeness.prepare(passages),
  });
  const spaces = await openVectorSpaces({
    wanted: platform.vectorSpace,
    openFormer: platform.openVectorSpace,
    ...{ stores, transact, bus, around, logger },
    library: stores.library,
  });
  const embedding = createPassageEmbedding(spaces, logger);
  const retriever = createKeptRetrieval({
    ...{ published, readCache, space: () => spaces.filled()[0]?.name },
    retriever: createRetriever({
      library: published.library,
      nearest: (question, k) => spaces.nearest(question, k),
      ...{ likeness, around },
      onDenseFailure: (error) => logger.warn({ err: error }, 'lexical retrieval answers alone'),
    }),
  });
  const works = async () => (await stores.library.totals()).works;
  const vectorSpaces: VectorSpaceAdministration = {
    list: async () => ({ works: await works(), spaces: await spaces.list() }),
    activate: spaces.activate,
    delete: (id) => spaces.delete(id),
  };
  return {
    ...{ published, spaces, retriever, vectorSpaces },
    ingestion: createIngestionService({
      ...{ corpus, stores, transact, embedding, spaces, published, logger },
      unfinishedJobs: parts.unfinishedJobs,
    }),
    library: createLibraryService({ pages, read, published, retriever }),
    readingReports: createReadingReports({
      library: stores.library,
      reports: stores.readingReports,
    }),
    takeReadings: createReadingUpload({ stores, transact, published }),
    held: {
      workIds: () => published.library.workIds,
      text: (id: string) => published.library.passage(id)?.text,
      refresh: published.refresh,
      reload: published.reload,
    },
    /** Ends what goes on by itself. */
    async close() {
      await spaces.close();
      await published.close();
    },
  };
}
