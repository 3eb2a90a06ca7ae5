import type { ParsedChapter, ParsedPassage } from './parsing/parsed-document.ts';

export function chaptersAsJson(chapters: readonly ParsedChapter[]): string {
  return storable(
    chapters.map(({ passageCount, characterCount, ...same }) => ({
      ...same,
      passage_count: passageCount,
      character_count: characterCount,
    })),
  );
}

export function passagesAsJson(passages: readonly ParsedPassage[]): string {
  return storable(
    passages.map(({ chapterId, textHash, ...same }) => ({
      ...same,
      chapter_id: chapterId,
      text_hash: textHash,
    })),
  );
}

/** PostgreSQL takes neither NUL nor half a surrogate pair, which names out of a file may hold. */
export function storable(value: object): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'string' ? field.toWellFormed().replaceAll('\0', '') : field,
  );
}
