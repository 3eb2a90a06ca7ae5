import type { WorkSource } from '../../corpus/source-work.ts';
import type { Logger } from '../logger.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { VectorSpace } from '../platform/platform.ts';
import type { LibraryStore } from './library-store.ts';
import type { PassageEmbedding } from './passage-embedding.ts';
import { prepareWork } from './prepare-work.ts';
import type { PublishedLibrary } from './published-library.ts';
import type { VectorSpaces } from './vector-spaces/vector-spaces.ts';
import type { Work } from './work.ts';

export type IngestionStage = 'parsed' | 'segmented' | 'embedded' | 'published';
export type ReportProgress = (stage: IngestionStage, done: number, total: number) => Promise<void>;

export interface IngestionService {
  /** Works whose text or vectors are missing or out of date, as job payloads. */
  outstanding(): Promise<{ ingest: string[]; embed: { workId: string; space: string }[] }>;
  /** Reads a work and publishes it whole; does nothing when it is there already. */
  ingest(slug: string, report: ReportProgress): Promise<void>;
  /** Puts the vectors of a published work into a space that is to hold them. */
  embed(workId: string, space: string | undefined, report: ReportProgress): Promise<void>;
  /** Lets a vector space that has become whole take over, or refuses it. */
  settleSpaces(): Promise<void>;
  /** `complete` once every work is there and nothing waits to be read in or compared. */
  progress(): Promise<{ state: 'ingesting' | 'complete'; passages: number }>;
}

interface IngestionStores {
  library: LibraryStore;
}

const READING_JOBS = ['complete-library', 'ingest-work'];

export function createIngestionService(parts: {
  corpus: readonly WorkSource[];
  stores: IngestionStores;
  transact: Transact<IngestionStores>;
  embedding: PassageEmbedding;
  spaces: Pick<VectorSpaces, 'filled' | 'isToBeFilled' | 'settle'>;
  published: PublishedLibrary;
  unfinishedJobs: (kinds: readonly string[]) => Promise<number>;
  logger: Logger;
}): IngestionService {
  const { corpus, stores, transact, embedding, spaces } = parts;
  const { published, unfinishedJobs, logger } = parts;
  /** Reading the corpus again to see whether it changed is for once per start. */
  const current = new Set<string>();

  /** Vectors can vanish behind our back: a damaged folder set aside, a server started empty. */
  async function forgetLostVectors(space: VectorSpace, works: readonly Work[]): Promise<void> {
    const embedded: Work[] = [];
    for (const work of works) if (await isEmbedded(work, space.name)) embedded.push(work);
    const expected = embedded.reduce((sum, work) => sum + work.passageCount, 0);
    if (expected === 0) return;
    const present = await space.vectors.count().catch(() => expected);
    if (present >= expected) return;
    logger.warn({ present, expected }, 'vectors are missing, works are embedded again');
    await stores.library.forgetEmbedded(space.name);
  }

  async function isEmbedded(work: Work, space: string): Promise<boolean> {
    const hash = await stores.library.embeddedHash(work.id, space);
    return hash === work.contentHash;
  }

  return {
    async outstanding() {
      const embed: { workId: string; space: string }[] = [];
      const works = await stores.library.works();
      for (const space of spaces.filled()) {
        await forgetLostVectors(space, works);
        for (const work of works) {
          if (await isEmbedded(work, space.name)) continue;
          embed.push({ workId: work.id, space: space.name });
        }
      }
      const ingest = corpus.map(({ slug }) => slug).filter((slug) => !current.has(slug));
      return { ingest, embed };
    },

    async ingest(slug, report) {
      const position = corpus.findIndex((source) => source.slug === slug);
      const source = await corpus[position]?.read();
      if (!source) throw new Error(`no work ${slug} in the corpus`);
      await report('parsed', 1, 1);
      const written = (await corpus[position]?.readings?.()) ?? [];
      const prepared = prepareWork(source, position, written);
      const { work, passages, readings } = prepared;
      if (readings.length < written.length) {
        const setAside = written.length - readings.length;
        logger.warn({ work: slug, setAside }, 'readings of another text set aside');
      }
      await report('segmented', passages.length, passages.length);
      const stored = await stores.library.workBySlug(slug);
      if (stored?.contentHash !== work.contentHash) {
        for (const irregularity of source.irregularities) {
          logger.info({ work: slug, ...irregularity }, 'irregular record');
        }
        const oldIds = (await stores.library.passagesOfWork(work.id)).map(({ id }) => id);
        // Vectors first, so that a work never is published and half embedded; but Chroma may be away.
        const embeddedIn = await embedding.embedEverywhere(passages, (done) =>
          report('embedded', done, passages.length),
        );
        await transact(async ({ library }) => {
          await library.replace(prepared);
          for (const space of embeddedIn) {
            await library.markEmbedded(work.id, space, work.contentHash);
          }
        });
        await published.announce();
        const kept = new Set(passages.map(({ id }) => id));
        const vanished = oldIds.filter((id) => !kept.has(id));
        // What stays behind is found by nobody, and goes when the work is embedded again.
        if (embeddedIn.length > 0) await embedding.remove(vanished).catch(() => undefined);
      }
      current.add(slug);
      await report('published', passages.length, passages.length);
    },

    async embed(workId, spaceName, report) {
      const filled = spaces.filled();
      const space = spaceName ? filled.find(({ name }) => name === spaceName) : filled[0];
      const work = await stores.library.work(workId);
      if (!space && spaceName && (await spaces.isToBeFilled(spaceName))) {
        // Another process is configured for it; the job comes again and meets that one.
        throw new Error(`the model of ${spaceName} is not configured here`);
      }
      if (!space || !work || (await isEmbedded(work, space.name))) return;
      // What an older text left behind while the vectors were away goes with it.
      await space.vectors.deleteWork(workId);
      const passages = await stores.library.passagesOfWork(workId);
      await embedding.embed(space, passages, (done) => report('embedded', done, passages.length));
      await stores.library.markEmbedded(workId, space.name, work.contentHash);
    },

    settleSpaces: spaces.settle,

    async progress() {
      const stored = new Set((await stores.library.works()).map((work) => work.slug));
      const waiting = await unfinishedJobs(READING_JOBS);
      const complete = waiting === 0 && corpus.every(({ slug }) => stored.has(slug));
      const passages = published.library.passageCount;
      return { state: complete ? 'complete' : 'ingesting', passages };
    },
  };
}
