import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { annotatePinyin } from '../../ai/pinyin/annotate-pinyin.ts';
import { glossPassage } from '../../ai/providers/offline/gloss-passage.ts';
import { foldCodePoint, foldText } from '../../ai/rag/folding.ts';
import type { ReadCache } from '../platform/cache/read-cache.ts';
import type { Read } from '../platform/database/reading.ts';
import { chaptersSchema, passagesSchema, worksSchema } from './kept-pages.ts';
import type { LibraryStore } from './library-store.ts';
import type { Note, Reading } from './reading.ts';
import type { ReadingStore } from './reading-store.ts';
import type { Chapter, StoredPassage, Work } from './work.ts';

export interface ReadPassage extends StoredPassage {
  reading?: Reading | undefined;
  /** Those of its reading; where it has none, what a small dictionary knows of its words. */
  notes: Note[];
  /** A newer version of the work has it no longer. */
  retired?: boolean | undefined;
  /** A syllable for each code point of the text, where it was asked for. */
  pinyin?: (string | null)[] | undefined;
}

export interface PageStores {
  library: LibraryStore;
  readings: Pick<ReadingStore, 'ofPassages'>;
}

/**
 * What everybody reads in the library, by way of the cache. The list of works is the one thing in it
 * that changes under its name; it is forgotten when the library changes, and what belongs to a work is
 * kept under the hash of its content, so that nothing else ever needs to be forgotten.
 */
export interface LibraryPages {
  works(): Promise<Work[]>;
  chapters(work: Work): Promise<Chapter[]>;
  passages(work: Work, chapter: Chapter, pinyin: boolean): Promise<ReadPassage[]>;
  /** After the commit of whatever changes a work. */
  forget(): Promise<void>;
}

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

export function createLibraryPages(parts: {
  /** On the primary. */
  stores: PageStores;
  read: Read<PageStores>;
  readCache: ReadCache;
}): LibraryPages {
  const { stores, read, readCache } = parts;
  const works = readCache.keep({
    ...{ name: 'works', schema: worksSchema, seconds: MINUTE, nearSeconds: 5 },
  });
  const whole = { seconds: DAY, nearSeconds: 60 * MINUTE };
  const chapters = readCache.keep({ name: 'chapters', schema: chaptersSchema, ...whole });
  const passages = readCache.keep({ name: 'passages', schema: passagesSchema, ...whole });

  /** From a server that has the work just so before and after; else as it is, and not to be kept. */
  async function ofVersion<Part>(
    { id, contentHash }: Work,
    readPart: (from: PageStores) => Promise<Part>,
    doNotKeep: () => void,
  ): Promise<Part> {
    const attempt = async (from: PageStores) => {
      const isSame = async () => (await from.library.work(id))?.contentHash === contentHash;
      const before = await isSame();
      const part = await readPart(from);
      return { part, same: before && (await isSame()) };
    };
    const found = await read(undefined, attempt);
    if (found.same) return found.part;
    // The replica has not heard of this version, or there is a newer one.
    const { part, same } = await attempt(stores);
    if (!same) doNotKeep();
    return part;
  }

  return {
    // Small, and everything else hangs on it: from the primary.
    works: () => works.read('all', () => stores.library.works()),
    chapters: (work) =>
      chapters.read(nameOf(work), (doNotKeep) =>
        ofVersion(work, ({ library }) => library.chapters(work.id), doNotKeep),
      ),
    passages: (work, { id }, pinyin) =>
      passages.read(`${nameOf(work)}:${id}:${pinyin}`, (doNotKeep) =>
        ofVersion(work, (from) => readPassages(from, id, pinyin), doNotKeep),
      ),
    forget: () => works.forget('all'),
  };
}

function nameOf({ id, contentHash }: Work): string {
  return `${id}:${contentHash}`;
}

async function readPassages(
  { library, readings }: PageStores,
  chapterId: string,
  pinyin: boolean,
): Promise<ReadPassage[]> {
  const stored = await library.passagesOfChapter(chapterId);
  const found = await readings.ofPassages(stored.map(({ id }) => id));
  const passages = stored.map((passage): ReadPassage => {
    const reading = found.get(passage.id);
    const notes = reading && reading.notes.length > 0 ? reading.notes : glossesOf(passage.text);
    return { ...passage, reading, notes };
  });
  return pinyin ? annotate(passages) : passages;
}

/** Long chapters take a while; whoever waits behind them gets a turn after each passage. */
export async function annotate(passages: readonly ReadPassage[]): Promise<ReadPassage[]> {
  const annotated: ReadPassage[] = [];
  for (const passage of passages) {
    const pinyin = annotatePinyin(passage.text, passage.notes, foldCodePoint);
    annotated.push({ ...passage, pinyin });
    await yieldToOthers();
  }
  return annotated;
}

export function glossesOf(text: string): Note[] {
  return glossPassage(text, foldText).flatMap(({ term, reading, meaning }) =>
    meaning === null ? [] : [{ term, reading, meaning }],
  );
}
