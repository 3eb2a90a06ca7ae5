import { useState } from 'react';
import type { ChapterCorrection, FoundChapter } from './document-types.ts';

/** A chapter as it will be once the corrections are applied. */
export interface DraftChapter extends FoundChapter {
  joinPrevious: boolean;
  changed: boolean;
}

export interface Corrections {
  changes: ChapterCorrection[];
  draftOf(chapter: FoundChapter): DraftChapter;
  /** What is as it was found is no correction. */
  correct(chapter: FoundChapter, wanted: Omit<ChapterCorrection, 'ordinal'>): void;
  /** Takes a chapter apart again that was joined to the one before. */
  setApart(ordinals: readonly number[]): void;
  isSetApart(ordinals: readonly number[]): boolean;
  clear(): void;
}

/** Corrections that were made on the page and not sent yet. */
export function useCorrections(): Corrections {
  const [byOrdinal, setByOrdinal] = useState<ReadonlyMap<number, ChapterCorrection>>(new Map());
  return {
    changes: [...byOrdinal.values()],
    draftOf(chapter) {
      const { skip, joinPrevious = false, title, form } = byOrdinal.get(chapter.ordinal) ?? {};
      return {
        ...chapter,
        title: title ?? chapter.title,
        form: form ?? chapter.form,
        skipped: skip ?? chapter.skipped,
        joinPrevious,
        changed: byOrdinal.has(chapter.ordinal),
      };
    },
    correct(chapter, wanted) {
      const { ordinal } = chapter;
      const merged = { ordinal, ...byOrdinal.get(ordinal), ...wanted };
      if (merged.title === chapter.title) delete merged.title;
      if (merged.form === chapter.form) delete merged.form;
      if (merged.skip === chapter.skipped) delete merged.skip;
      if (merged.joinPrevious === false) delete merged.joinPrevious;
      const next = new Map(byOrdinal);
      if (Object.keys(merged).length > 1) next.set(ordinal, merged);
      else next.delete(ordinal);
      setByOrdinal(next);
    },
    setApart(ordinals) {
      const next = new Map(byOrdinal);
      for (const ordinal of ordinals) next.set(ordinal, { ordinal, joinPrevious: false });
      setByOrdinal(next);
    },
    isSetApart: (ordinals) => ordinals.every((ordinal) => byOrdinal.has(ordinal)),
    clear: () => setByOrdinal(new Map()),
  };
}
