import type { PassageEmbeddings } from '../../ai/rag/embeddings/passage-embeddings.ts';
import type { PassageVectors } from '../../ai/rag/passage-vectors.ts';
import type { WorkSource } from '../../corpus/source-work.ts';
import type { Logger } from '../logger.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { LibraryStore } from './library-store.ts';
import { prepareWork } from './prepare-work.ts';
import type { PublishedLibrary } from './published-library.ts';
import type { Work } from './work.ts';

export type IngestionStage = 'parsed' | 'segmented' | 'embedded' | 'published';
export type ReportProgress = (stage: IngestionStage, done: number, total: number) => Promise<void>;

export interface IngestionService {
  /** Works of the corpus whose text or vectors are missing or out of date, as job payloads. */
  outstanding(): Promise<{ ingest: string[]; embed: string[] }>;
  /** Reads a work and publishes it whole; does nothing when it is there already. */
  ingest(slug: string, report: ReportProgress): Promise<void>;
  /** Puts the vectors of a published work into the current collection. */
  embed(workId: string, report: ReportProgress): Promise<void>;
  /** `complete` once every work is there and nothing waits to be read in or compared. */
  progress(): Promise<{ state: 'ingesting' | 'complete'; passages: number }>;
}

interface IngestionStores {
  library: LibraryStore;
}

const READING_JOBS = ['complete-library', 'ingest-work'];

const EMBEDDING_BATCH = 200;

export function createIngestionService(parts: {
  corpus: readonly WorkSource[];
  stores: IngestionStores;
  transact: Transact<IngestionStores>;
  embeddings: PassageEmbeddings;
  vectors: PassageVectors;
  vectorSpace: string;
  published: PublishedLibrary;
  unfinishedJobs: (kinds: readonly string[]) => Promise<number>;
  logger: Logger;
}): IngestionService {
  const { corpus, stores, transact, embeddings, vectors, vectorSpace } = parts;
  const { published, unfinishedJobs, logger } = parts;
  /** Reading the corpus again to see whether it changed is for once per start. */
  const current = new Set<string>();

  async function embedPassages(
    passages: readonly { id: string; workId: string; text: string }[],
    report: ReportProgress,
  ): Promise<void> {
    for (let start = 0; start < passages.length; start += EMBEDDING_BATCH) {
      const batch = passages.slice(start, start + EMBEDDING_BATCH);
      const embedded = await embeddings.embedPassages(batch.map(({ text }) => text));
      await vectors.upsert(
        batch.map(({ id, workId }, index) => ({ id, workId, vector: embedded[index] ?? [] })),
      );
      await report('embedded', start + batch.length, passages.length);
    }
  }

  async function removeVectors(oldIds: readonly string[], newIds: ReadonlySet<string>) {
    const vanished = oldIds.filter((id) => !newIds.has(id));
    if (vanished.length > 0) await vectors.delete(vanished);
  }

  /** Vectors first, so that a work never is published and half embedded; but Chroma may be away. */
  async function tryEmbedding(
    passages: readonly { id: string; workId: string; text: string }[],
    report: ReportProgress,
  ): Promise<boolean> {
    try {
      await embedPassages(passages, report);
      return true;
    } catch (error) {
      logger.warn({ err: error }, 'vectors away: work published without, to be embedded later');
      return false;
    }
  }

  /** Vectors can vanish behind our back: a damaged folder set aside, a server started empty. */
  async function forgetLostVectors(works: readonly Work[]): Promise<void> {
    const embedded: Work[] = [];
    for (const work of works) if (await isEmbedded(work)) embedded.push(work);
    const expected = embedded.reduce((sum, work) => sum + work.passageCount, 0);
    if (expected === 0) return;
    const present = await vectors.count().catch(() => expected);
    if (present >= expected) return;
    logger.warn({ present, expected }, 'vectors are missing, works are embedded again');
    await stores.library.forgetEmbedded(vectorSpace);
  }

  async function isEmbedded(work: Work): Promise<boolean> {
    const hash = await stores.library.embeddedHash(work.id, vectorSpace);
    return hash === work.contentHash;
  }

  return {
    async outstanding() {
      const embed: string[] = [];
      const works = await stores.library.works();
      await forgetLostVectors(works);
      for (const work of works) {
        if (!(await isEmbedded(work))) embed.push(work.id);
      }
      const ingest = corpus.map(({ slug }) => slug).filter((slug) => !current.has(slug));
      return { ingest, embed };
    },

    async ingest(slug, report) {
      const position = corpus.findIndex((source) => source.slug === slug);
      const source = await corpus[position]?.read();
      if (!source) throw new Error(`no work ${slug} in the corpus`);
      await report('parsed', 1, 1);
      const prepared = prepareWork(source, position);
      const { work, passages } = prepared;
      await report('segmented', passages.length, passages.length);
      const stored = await stores.library.workBySlug(slug);
      if (stored?.contentHash !== work.contentHash) {
        for (const irregularity of source.irregularities) {
          logger.info({ work: slug, ...irregularity }, 'irregular record');
        }
        const oldIds = (await stores.library.passagesOfWork(work.id)).map(({ id }) => id);
        const embedded = await tryEmbedding(passages, report);
        await transact(async ({ library }) => {
          await library.replace(prepared);
          if (embedded) await library.markEmbedded(work.id, vectorSpace, work.contentHash);
        });
        await published.announce();
        const kept = new Set(passages.map(({ id }) => id));
        if (embedded) await removeVectors(oldIds, kept);
      }
      current.add(slug);
      await report('published', passages.length, passages.length);
    },

    async embed(workId, report) {
      const work = await stores.library.work(workId);
      if (!work || (await isEmbedded(work))) return;
      // What an older text left behind while the vectors were away goes with it.
      await vectors.deleteWork(workId);
      await embedPassages(await stores.library.passagesOfWork(workId), report);
      await stores.library.markEmbedded(workId, vectorSpace, work.contentHash);
    },

    async progress() {
      const stored = new Set((await stores.library.works()).map((work) => work.slug));
      const waiting = await unfinishedJobs(READING_JOBS);
      const complete = waiting === 0 && corpus.every(({ slug }) => stored.has(slug));
      const passages = published.library.passageCount;
      return { state: complete ? 'complete' : 'ingesting', passages };
    },
  };
}
