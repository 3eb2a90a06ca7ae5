import { AppError, type ErrorDetail } from '../errors.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { LibraryStore } from './library-store.ts';
import type { PublishedLibrary } from './published-library.ts';
import type { ReadingSource, StoredReading } from './reading.ts';
import { type ReadingLine, readLines } from './reading-lines.ts';
import type { ReadingStore } from './reading-store.ts';

export interface TakenReadings {
  /** How many belong to passages as they are. */
  taken: number;
  /** Passages that are not there, or have another text by now; what is said of them stays as it was. */
  setAside: string[];
  /** Why, line by line. */
  reasons: ErrorDetail[];
}

interface ReadingStores {
  library: Pick<LibraryStore, 'work' | 'passagesOfWork' | 'touch'>;
  readings: Pick<ReadingStore, 'replace'>;
}

/** Takes in what an admin has written of the passages of an uploaded work, one reading a line. */
export function createReadingUpload(parts: {
  stores: ReadingStores;
  transact: Transact<ReadingStores>;
  published: Pick<PublishedLibrary, 'refresh' | 'announce'>;
}) {
  const { stores, transact, published } = parts;
  return async (workId: string, lines: string): Promise<TakenReadings> => {
    const work = await stores.library.work(workId);
    if (!work) throw new AppError(404, 'not_found', '书库里没有这部书。');
    if (!work.slug.startsWith('document-')) {
      throw new AppError(409, 'conflict', '这部书的今译和注释由本站随附，不能另外上传。');
    }
    const { fitting, aside } = readLines(lines, await stores.library.passagesOfWork(workId));
    const setAside = aside.map(({ passageId }) => passageId);
    const reasons = aside.map(({ reason }) => reason);
    if (fitting.length === 0) return { taken: 0, setAside, reasons };
    const by = (maker: ReadingLine['madeBy'], source: ReadingSource): StoredReading[] =>
      fitting
        .filter(({ madeBy }) => madeBy === maker)
        .map((line) => ({ ...line, workId, source, questions: [] }));
    await transact(async ({ library, readings }) => {
      await readings.replace(workId, 'uploaded', by('person', 'document'), setAside);
      await readings.replace(workId, 'editorial', by('ai', 'editorial'), setAside);
      await library.touch(workId);
    });
    await published.announce();
    await published.refresh();
    return { taken: fitting.length, setAside, reasons };
  };
}
