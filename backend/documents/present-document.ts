import type { z } from 'zod';
import type { Document } from './document.ts';
import type {
  documentSchema,
  stagedChapterSchema,
  stagedPassagesSchema,
} from './document-schemas.ts';
import type { ParsedChapter, ParsedPassage } from './parsing/parsed-document.ts';

export function presentDocument(document: Document): z.input<typeof documentSchema> {
  const { id, title, author, dynasty, category, form, status, version } = document;
  const { publishedVersion, fileName, format, encoding, byteSize, workId } = document;
  const { chapterCount, passageCount, characterCount, report, duplicates, error } = document;
  return {
    ...{ id, title, author, dynasty, category, form, status, version, publishedVersion },
    ...{ fileName, format, encoding, byteSize, workId },
    ...{ chapterCount, passageCount, characterCount },
    corrections: document.corrections.chapters.length,
    correctionsLost: document.corrections.lost ?? 0,
    ...{ report, duplicates, error },
    createdAt: document.createdAt.toISOString(),
    updatedAt: document.updatedAt.toISOString(),
    publishedAt: document.publishedAt?.toISOString() ?? null,
  };
}

export function presentChapter(chapter: ParsedChapter): z.input<typeof stagedChapterSchema> {
  const { ordinal, id, n, title, author, dynasty, form } = chapter;
  const { passageCount, characterCount, opening, skipped } = chapter;
  return {
    ...{ ordinal, id, n, title, author, dynasty, form },
    ...{ passageCount, characterCount, opening, skipped },
  };
}

export function presentPassages(
  passages: readonly ParsedPassage[],
): z.input<typeof stagedPassagesSchema> {
  return { items: passages.map(({ id, n, text, translation }) => ({ id, n, text, translation })) };
}
