import type { z } from 'zod';
import type { ReadPassage } from './library-pages.ts';
import type {
  chapterReadingSchema,
  chapterSchema,
  passageReadingSchema,
  passageSchema,
  workSchema,
} from './library-schemas.ts';
import type { ChapterReading, PassageReading } from './library-service.ts';
import type { Chapter, Work } from './work.ts';

export function presentWork(work: Work): z.input<typeof workSchema> {
  const { id, title, author, dynasty, category, introduction } = work;
  const { chapterCount, passageCount, characterCount } = work;
  return {
    ...{ id, title, author, dynasty, category, introduction },
    ...{ chapterCount, passageCount, characterCount },
  };
}

export function presentChapter(chapter: Chapter): z.input<typeof chapterSchema> {
  const { id, n, title, author, dynasty, passageCount } = chapter;
  return { id, n, title, author, dynasty, passageCount };
}

function presentPassage(passage: ReadPassage): z.input<typeof passageSchema> {
  const { id, n, text, notes, reading, retired } = passage;
  return {
    ...{ id, n, text },
    translation: reading?.translation ?? null,
    gist: reading?.gist ?? null,
    notes: notes.map(({ term, reading: pinyin, meaning }) => ({ term, reading: pinyin, meaning })),
    readingSource: reading?.source ?? null,
    doubt: reading?.doubt ?? null,
    pinyin: passage.pinyin,
    ...(retired ? { retired: true as const } : {}),
  };
}

export function presentChapterReading(
  reading: ChapterReading,
): z.input<typeof chapterReadingSchema> {
  return {
    work: presentWork(reading.work),
    chapter: presentChapter(reading.chapter),
    passages: reading.passages.map(presentPassage),
    previous: reading.previous && presentChapter(reading.previous),
    next: reading.next && presentChapter(reading.next),
  };
}

export function presentPassageReading(
  reading: PassageReading,
): z.input<typeof passageReadingSchema> {
  return {
    work: presentWork(reading.work),
    chapter: presentChapter(reading.chapter),
    passage: presentPassage(reading.passage),
    previous: reading.previous && presentPassage(reading.previous),
    next: reading.next && presentPassage(reading.next),
  };
}
