import type { Job } from '../jobs/job-types.ts';

export type DocumentForm = 'verse' | 'primer' | 'prose' | 'dialogue' | 'sayings';
export type DocumentStatus =
  | 'queued'
  | 'processing'
  | 'preview'
  | 'published'
  | 'failed'
  | 'cancelled';

interface Sample {
  count: number;
  examples: string[];
}

export interface DocumentReport {
  format: string;
  encoding: string | null;
  files: number;
  chapters: number;
  passages: number;
  characters: number;
  script: 'traditional' | 'simplified' | 'mixed' | 'unknown';
  translated: number;
  lacunae: Sample;
  unknownCharacters: Sample;
  skipped: { reason: string; count: number; example: string }[];
}

export interface LibraryDocument {
  id: string;
  title: string;
  author: string | null;
  dynasty: string | null;
  category: string;
  form: DocumentForm | null;
  status: DocumentStatus;
  version: number;
  publishedVersion: number | null;
  fileName: string;
  format: string;
  encoding: string | null;
  byteSize: number;
  workId: string | null;
  chapterCount: number;
  passageCount: number;
  characterCount: number;
  /** Corrections of the version before whose chapters this file does not have. */
  correctionsLost: number;
  report: DocumentReport | null;
  duplicates: {
    document: { id: string; title: string } | null;
    passages: number;
    /** Passages that say once more what an earlier one of it says. */
    repeated: Sample;
    works: { workId: string; title: string; passages: number }[];
    /** A work of the library that says the same from its first word to its last. */
    work: { workId: string; title: string } | null;
    /** Of the version that it would replace: its passages, and those that stay. */
    former: { passages: number; kept: number } | null;
  } | null;
  error: string | null;
  createdAt: string;
  updatedAt: string;
  publishedAt: string | null;
}

export interface DocumentView {
  document: LibraryDocument;
  job: Job | null;
}

export interface FoundChapter {
  ordinal: number;
  id: string;
  n: number;
  title: string;
  author: string | null;
  form: DocumentForm;
  passageCount: number;
  characterCount: number;
  opening: string;
  skipped: boolean;
}

export interface ChapterCorrection {
  ordinal: number;
  title?: string;
  skip?: boolean;
  joinPrevious?: boolean;
  form?: DocumentForm;
}

export interface FoundPassage {
  id: string;
  n: number;
  text: string;
  translation: string | null;
}

export function isBusy({ status }: Pick<LibraryDocument, 'status'>): boolean {
  return status === 'queued' || status === 'processing';
}
