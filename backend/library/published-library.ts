import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Passage } from '../../ai/passage.ts';
import { PassageLibrary } from '../../ai/rag/passage-library.ts';
import type { Logger } from '../logger.ts';
import type { MessageBus } from '../platform/bus/message-bus.ts';
import type { LibraryStore } from './library-store.ts';
import type { Chapter, StoredPassage, Work } from './work.ts';

const CHANNEL = 'library-changed';
/** A message may get lost; comparing hashes this often costs one small query. */
const COMPARE_EVERY_MS = 60_000;

/** This process's copy of what the database has published, kept in step with it. */
export interface PublishedLibrary {
  readonly library: PassageLibrary;
  /** The same in every process that holds the same texts; part of cache keys. */
  readonly fingerprint: string;
  refresh(): Promise<void>;
  /** Tells every process that the library has changed. */
  announce(): Promise<void>;
  close(): Promise<void>;
}

export async function openPublishedLibrary(
  store: LibraryStore,
  bus: MessageBus,
  logger: Logger,
): Promise<PublishedLibrary> {
  const library = new PassageLibrary();
  const held = new Map<string, string>();
  let refreshing: Promise<void> = Promise.resolve();

  async function load(work: Work): Promise<void> {
    const [chapters, passages] = [
      await store.chapters(work.id),
      await store.passagesOfWork(work.id),
    ];
    library.put({
      id: work.id,
      aliases: work.aliases,
      passages: toPassages(work, chapters, passages),
    });
    held.set(work.id, work.contentHash);
    // Indexing a work takes a few dozen milliseconds; requests get their turn in between.
    await yieldToOthers();
  }

  async function compare(): Promise<void> {
    const works = await store.works();
    const published = new Set(works.map((work) => work.id));
    for (const workId of held.keys()) {
      if (published.has(workId)) continue;
      library.remove(workId);
      held.delete(workId);
    }
    for (const work of works) if (held.get(work.id) !== work.contentHash) await load(work);
  }

  function refresh(): Promise<void> {
    refreshing = refreshing.catch(() => undefined).then(compare);
    return refreshing;
  }

  const refreshQuietly = () => {
    refresh().catch((error: unknown) => logger.warn({ err: error }, 'library not refreshed'));
  };

  const unsubscribe = await bus.subscribe(CHANNEL, refreshQuietly);
  await refresh();
  const timer = setInterval(refreshQuietly, COMPARE_EVERY_MS);
  timer.unref();

  return {
    library,
    get fingerprint() {
      return [...held.values()].sort().join();
    },
    refresh,
    async announce() {
      await bus.publish(CHANNEL, null).catch((error: unknown) => {
        logger.warn({ err: error }, 'change of the library not announced');
      });
    },
    async close() {
      clearInterval(timer);
      await unsubscribe();
      await refreshing.catch(() => undefined);
    },
  };
}

function toPassages(
  work: Work,
  chapters: readonly Chapter[],
  passages: readonly StoredPassage[],
): Passage[] {
  const byId = new Map(chapters.map((chapter) => [chapter.id, chapter]));
  return passages.map(({ id, chapterId, text }) => {
    const chapter = byId.get(chapterId);
    return {
      id,
      workId: work.id,
      work: work.title,
      chapterId,
      chapter: chapter?.title ?? '',
      author: chapter?.author ?? work.author,
      dynasty: chapter?.dynasty ?? work.dynasty,
      text,
    };
  });
}
