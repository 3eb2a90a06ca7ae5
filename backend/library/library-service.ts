import { createHash } from 'node:crypto';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { z } from 'zod';
import { annotatePinyin } from '../../ai/pinyin/annotate-pinyin.ts';
import { glossPassage } from '../../ai/providers/offline/gloss-passage.ts';
import { type CheckedQuote, checkQuote } from '../../ai/quotes.ts';
import { foldCodePoint, foldText } from '../../ai/rag/folding.ts';
import type { RetrievedPassage, Retriever } from '../../ai/rag/retriever.ts';
import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import type { Cache } from '../platform/cache/cache.ts';
import type { LibraryStore } from './library-store.ts';
import type { PublishedLibrary } from './published-library.ts';
import type { Note, Reading } from './reading.ts';
import type { ReadingStore } from './reading-store.ts';
import type { Chapter, RetiredPassage, StoredPassage, Work } from './work.ts';

export interface ReadPassage extends StoredPassage {
  reading: Reading | undefined;
  /** Those of its reading; where it has none, what a small dictionary knows of its words. */
  notes: Note[];
  /** A newer version of the work has it no longer. */
  retired?: boolean;
  /** A syllable for each code point of the text, where it was asked for. */
  pinyin?: (string | null)[];
}

export interface ChapterReading {
  work: Work;
  chapter: Chapter;
  passages: ReadPassage[];
  previous: Chapter | null;
  next: Chapter | null;
}

export interface PassageReading {
  work: Work;
  chapter: Chapter;
  passage: ReadPassage;
  previous: ReadPassage | null;
  next: ReadPassage | null;
}

export interface LibraryService {
  works(limit: number, after: readonly [number, string] | undefined): Promise<Page<Work>>;
  work(id: string): Promise<{ work: Work; chapters: Chapter[] }>;
  chapter(workId: string, chapterId: string, pinyin: boolean): Promise<ChapterReading>;
  passage(id: string, pinyin: boolean): Promise<PassageReading>;
  search(q: string, limit: number, workId: string | undefined): Promise<RetrievedPassage[]>;
  verifyQuotes(quotes: readonly string[]): Promise<CheckedQuote[]>;
}

const SEARCH_CACHE_SECONDS = 300;

const hitsSchema = z.array(z.tuple([z.string(), z.number()]));
type Hit = z.infer<typeof hitsSchema>[number];

export function createLibraryService(parts: {
  store: LibraryStore;
  readings: Pick<ReadingStore, 'ofPassages'>;
  published: PublishedLibrary;
  retriever: Retriever;
  cache: Cache;
}): LibraryService {
  const { store, readings, published, retriever, cache } = parts;

  async function workOrFail(id: string): Promise<Work> {
    const work = await store.work(id);
    if (!work) throw new AppError(404, 'not_found', '书库里没有这部书。');
    return work;
  }

  async function read(passages: readonly StoredPassage[]): Promise<ReadPassage[]> {
    const found = await readings.ofPassages(passages.map(({ id }) => id));
    return passages.map((passage) => {
      const reading = found.get(passage.id);
      const notes = reading && reading.notes.length > 0 ? reading.notes : glossesOf(passage.text);
      return { ...passage, reading, notes };
    });
  }

  /** What a newer version dropped stands alone, in the chapter that it was in if that is still there. */
  async function retired(
    passage: RetiredPassage | undefined,
    pinyin: boolean,
  ): Promise<PassageReading> {
    if (!passage) throw new AppError(404, 'not_found', '书库里没有这一段。');
    const { id, workId, chapterTitle: title, text } = passage;
    const work = await workOrFail(workId);
    const chapters = await store.chapters(workId);
    const gone = { id, workId, n: 0, title, author: null, dynasty: null, passageCount: 0 };
    const chapter = chapters.find((each) => each.title === title) ?? gone;
    const stored = { id, workId, chapterId: chapter.id, n: 0, text, textHash: null };
    const shown = { ...stored, reading: undefined, notes: glossesOf(text), retired: true };
    if (pinyin) await annotate([shown]);
    return { work, chapter, passage: shown, previous: null, next: null };
  }

  /** Ids and scores, from the cache while the library is the same. */
  async function hits(q: string, limit: number, workId: string | undefined): Promise<Hit[]> {
    const request = JSON.stringify([published.fingerprint, q, limit, workId]);
    const key = `search:${createHash('sha256').update(request).digest('base64url')}`;
    const cached = hitsSchema.safeParse(await cache.get(key));
    if (cached.success) return cached.data;
    const found = await retriever.retrieve(q, {
      limit,
      ...(workId === undefined ? {} : { workId }),
    });
    const fresh = found.items.map(({ passage, score }): Hit => [passage.id, score]);
    // A result without the vectors is better than none, but not to be kept.
    if (found.dense) await cache.set(key, fresh, SEARCH_CACHE_SECONDS);
    return fresh;
  }

  return {
    async works(limit, after) {
      const works = await store.works();
      const from = after ? works.findIndex((work) => isBeyond(work, after)) : 0;
      const rest = from < 0 ? [] : works.slice(from, from + limit + 1);
      return toPage(rest, limit, (work) => [work.position, work.id]);
    },

    async work(id) {
      return { work: await workOrFail(id), chapters: await store.chapters(id) };
    },

    async chapter(workId, chapterId, pinyin) {
      const work = await workOrFail(workId);
      const chapters = await store.chapters(workId);
      const at = chapters.findIndex((chapter) => chapter.id === chapterId);
      const chapter = chapters[at];
      if (!chapter) throw new AppError(404, 'not_found', '这部书里没有这一篇。');
      const passages = await read(await store.passagesOfChapter(chapterId));
      if (pinyin) await annotate(passages);
      const [previous, next] = [chapters[at - 1] ?? null, chapters[at + 1] ?? null];
      return { work, chapter, passages, previous, next };
    },

    async passage(id, pinyin) {
      const found = await store.passage(id);
      if (!found) return retired(await store.retired(id), pinyin);
      const work = await workOrFail(found.workId);
      const chapter = await store.chapter(work.id, found.chapterId);
      if (!chapter) throw new AppError(404, 'not_found', '书库里没有这一段。');
      const passages = await read(await store.passagesOfChapter(chapter.id));
      const at = passages.findIndex((each) => each.id === id);
      const passage = passages[at];
      if (!passage) throw new AppError(404, 'not_found', '书库里没有这一段。');
      if (pinyin) await annotate(passages.slice(Math.max(0, at - 1), at + 2));
      const [previous, next] = [passages[at - 1] ?? null, passages[at + 1] ?? null];
      return { work, chapter, passage, previous, next };
    },

    async search(q, limit, workId) {
      if (workId !== undefined) await workOrFail(workId);
      return (await hits(q, limit, workId)).flatMap(([id, score]) => {
        const passage = published.library.passage(id);
        return passage ? [{ passage, score }] : [];
      });
    },

    async verifyQuotes(quotes) {
      const checked: CheckedQuote[] = [];
      for (const quote of quotes) {
        checked.push(checkQuote(quote, published.library));
        await yieldToOthers();
      }
      return checked;
    },
  };
}

function isBeyond(work: Work, [position, id]: readonly [number, string]): boolean {
  return work.position > position || (work.position === position && work.id > id);
}

/** Long chapters take a while; whoever waits behind them gets a turn after each passage. */
async function annotate(passages: ReadPassage[]): Promise<void> {
  for (const passage of passages) {
    passage.pinyin = annotatePinyin(passage.text, passage.notes, foldCodePoint);
    await yieldToOthers();
  }
}

function glossesOf(text: string): Note[] {
  return glossPassage(text, foldText).flatMap(({ term, reading, meaning }) =>
    meaning === null ? [] : [{ term, reading, meaning }],
  );
}
