import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { type CheckedQuote, checkQuote } from '../../ai/quotes.ts';
import type { RetrievedPassage, Retriever } from '../../ai/rag/retriever.ts';
import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import type { Read } from '../platform/database/reading.ts';
import {
  annotate,
  glossesOf,
  type LibraryPages,
  type PageStores,
  type ReadPassage,
} from './library-pages.ts';
import type { PublishedLibrary } from './published-library.ts';
import type { Chapter, RetiredPassage, Work } from './work.ts';

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

export function createLibraryService(parts: {
  pages: LibraryPages;
  read: Read<PageStores>;
  published: PublishedLibrary;
  retriever: Retriever;
}): LibraryService {
  const { pages, read, published, retriever } = parts;

  const workOf = async (id: string) => (await pages.works()).find((work) => work.id === id);

  async function workOrFail(id: string): Promise<Work> {
    const work = await workOf(id);
    if (!work) throw new AppError(404, 'not_found', '书库里没有这部书。');
    return work;
  }

  /** With its neighbours; `undefined` where it is not in that chapter. */
  async function placed(
    id: string,
    place: { workId: string; chapterId: string } | undefined,
    pinyin: boolean,
  ): Promise<PassageReading | undefined> {
    const work = place && (await workOf(place.workId));
    if (!work) return undefined;
    const chapter = (await pages.chapters(work)).find((each) => each.id === place.chapterId);
    if (!chapter) return undefined;
    const passages = await pages.passages(work, chapter, false);
    const at = passages.findIndex((each) => each.id === id);
    const around = passages.slice(Math.max(0, at - 1), at + 2);
    const shown = pinyin ? await annotate(around) : around;
    const beside = (step: number) => shown[Math.min(at, 1) + step] ?? null;
    const passage = at < 0 ? null : beside(0);
    return passage
      ? { work, chapter, passage, previous: at > 0 ? beside(-1) : null, next: beside(1) }
      : undefined;
  }

  /** What a newer version dropped stands alone, in the chapter that it was in if that is still there. */
  async function retired(
    passage: RetiredPassage | undefined,
    pinyin: boolean,
  ): Promise<PassageReading> {
    if (!passage) throw new AppError(404, 'not_found', '书库里没有这一段。');
    const { id, workId, chapterTitle: title, text } = passage;
    const work = await workOrFail(workId);
    const chapters = await pages.chapters(work);
    const gone = { id, workId, n: 0, title, author: null, dynasty: null, passageCount: 0 };
    const chapter = chapters.find((each) => each.title === title) ?? gone;
    const stored = { id, workId, chapterId: chapter.id, n: 0, text, textHash: null };
    const shown = { ...stored, notes: glossesOf(text), retired: true };
    const [annotated = shown] = pinyin ? await annotate([shown]) : [];
    return { work, chapter, passage: annotated, previous: null, next: null };
  }

  return {
    async works(limit, after) {
      const works = await pages.works();
      const from = after ? works.findIndex((work) => isBeyond(work, after)) : 0;
      const rest = from < 0 ? [] : works.slice(from, from + limit + 1);
      return toPage(rest, limit, (work) => [work.position, work.id]);
    },

    async work(id) {
      const work = await workOrFail(id);
      return { work, chapters: await pages.chapters(work) };
    },

    async chapter(workId, chapterId, pinyin) {
      const work = await workOrFail(workId);
      const chapters = await pages.chapters(work);
      const at = chapters.findIndex((chapter) => chapter.id === chapterId);
      const chapter = chapters[at];
      if (!chapter) throw new AppError(404, 'not_found', '这部书里没有这一篇。');
      const passages = await pages.passages(work, chapter, pinyin);
      const [previous, next] = [chapters[at - 1] ?? null, chapters[at + 1] ?? null];
      return { work, chapter, passages, previous, next };
    },

    async passage(id, pinyin) {
      const held = await placed(id, published.library.passage(id), pinyin);
      if (held) return held;
      // This process may not have read the newest version in yet.
      const place = await read(undefined, ({ library }) => library.passage(id));
      const stored = await placed(id, place, pinyin);
      return stored ?? retired(await read(undefined, ({ library }) => library.retired(id)), pinyin);
    },

    async search(q, limit, workId) {
      if (workId !== undefined) await workOrFail(workId);
      const within = workId === undefined ? {} : { workId };
      return (await retriever.retrieve(q, { limit, ...within })).items;
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
