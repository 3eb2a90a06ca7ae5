import type { Passage } from '../../ai/passage.ts';
import { type FoldedPassage, PassageLibrary } from '../../ai/rag/passage-library.ts';
import type { Logger } from '../logger.ts';
import type { MessageBus } from '../platform/bus/message-bus.ts';
import type { LibraryStore } from './library-store.ts';
import type { Reading } from './reading.ts';
import type { ReadingStore } from './reading-store.ts';
import type { Chapter, StoredPassage, Work } from './work.ts';

const CHANNEL = 'library-changed';
/** A message may get lost; comparing hashes this often costs one small query. */
const COMPARE_EVERY_MS = 60_000;

class ChangedMeanwhile extends Error {}

/** This process's copy of what the database has published, kept in step with it. */
export interface PublishedLibrary {
  readonly library: PassageLibrary;
  /** The same in every process that holds the same texts; part of cache keys. */
  readonly fingerprint: string;
  refresh(): Promise<void>;
  /** Reads works anew although nothing says that they changed. */
  reload(workIds: readonly string[]): Promise<void>;
  /** Tells every process that the library has changed; after the commit, at once. */
  announce(): Promise<void>;
  close(): Promise<void>;
}

export async function openPublishedLibrary(parts: {
  store: LibraryStore;
  readings: Pick<ReadingStore, 'ofPassages'>;
  bus: MessageBus;
  logger: Logger;
  /** False for a process that answers nobody: its copy stays empty, and takes no memory. */
  held: boolean;
  /** Done before any process is told of a change that was committed. */
  changed: () => Promise<void>;
  /** Told of the passages of each work that has come in. */
  loaded: (passages: readonly FoldedPassage[]) => void;
}): Promise<PublishedLibrary> {
  const { store, readings, bus, logger } = parts;
  const library = new PassageLibrary();
  const held = new Map<string, string>();
  let refreshing: Promise<void> = Promise.resolve();

  /** False if the work changed while it was read: what was read is a mixture then, and dropped. */
  async function load(work: Work): Promise<boolean> {
    const chapters = await store.chapters(work.id);
    const byId = new Map(chapters.map((each) => [each.id, each]));
    async function* slices() {
      for await (const slice of store.slices(chapters)) {
        const read = await readings.ofPassages(slice.map(({ id }) => id));
        yield toPassages(work, byId, slice, read);
      }
      const now = await store.work(work.id);
      if (now?.contentHash !== work.contentHash) throw new ChangedMeanwhile();
    }
    try {
      await library.receive({ id: work.id, aliases: work.aliases, slices: slices() });
    } catch (error) {
      if (error instanceof ChangedMeanwhile) return false;
      throw error;
    }
    held.set(work.id, work.contentHash);
    parts.loaded(library.foldedPassages(work.id));
    return true;
  }

  async function compare(): Promise<void> {
    if (!parts.held) return;
    const works = await store.works();
    const published = new Set(works.map((work) => work.id));
    for (const workId of held.keys()) {
      if (published.has(workId)) continue;
      library.remove(workId);
      held.delete(workId);
    }
    let changed = false;
    for (const work of works) {
      if (held.get(work.id) !== work.contentHash) changed ||= !(await load(work));
    }
    if (changed) await compare();
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
    reload(workIds) {
      for (const workId of workIds) {
        if (!held.delete(workId)) library.remove(workId);
      }
      return refresh();
    },
    async announce() {
      await parts.changed();
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
  byId: ReadonlyMap<string, Chapter>,
  passages: readonly StoredPassage[],
  readings: ReadonlyMap<string, Reading>,
): Passage[] {
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
      reading: readings.get(id),
    };
  });
}
