import type { Form } from '../../../corpus/source-work.ts';

/** What an administrator changes in what was found; `ordinal` counts the chapters found, from 1. */
export interface Corrections {
  chapters: ChapterCorrection[];
}

export interface ChapterCorrection {
  ordinal: number;
  title?: string;
  author?: string | null;
  skip?: boolean;
  /** Goes on where the chapter before it ends. */
  joinPrevious?: boolean;
  form?: Form;
}

export interface ParseInput {
  path: string;
  fileName: string;
  slug: string;
  title: string;
  author: string | null;
  dynasty: string | null;
  /** Of every chapter; null: as the source says or as it looks. */
  form: Form | null;
  corrections: Corrections;
}

export interface ParsedChapter {
  id: string;
  /** Its place among the chapters that are kept; 0 for one that is skipped. */
  n: number;
  ordinal: number;
  title: string;
  author: string | null;
  dynasty: string | null;
  form: Form;
  passageCount: number;
  characterCount: number;
  /** The first 40 characters at most. */
  opening: string;
  skipped: boolean;
}

export interface ParsedPassage {
  id: string;
  chapterId: string;
  /** In its chapter, from 1. */
  n: number;
  /** In the document, from 1. */
  place: number;
  text: string;
  translation: string | null;
  /** The first 16 hexadecimal digits of the SHA-256 of the folded text. */
  textHash: string;
}

/** A chapter comes with or before its passages, and again when its counts have changed. */
export interface ParsedBatch {
  chapters: ParsedChapter[];
  passages: ParsedPassage[];
}

export interface Sample {
  count: number;
  examples: string[];
}

export interface DocumentReport {
  format: string;
  encoding: string | null;
  files: number;
  chapters: number;
  passages: number;
  /** Han characters, lacunae included. */
  characters: number;
  script: 'traditional' | 'simplified' | 'mixed' | 'unknown';
  /** Passages with a translation of their own. */
  translated: number;
  lacunae: Sample;
  unknownCharacters: Sample;
  skipped: { reason: string; count: number; example: string }[];
  /** Of what is shown, in order: the same in another file, format or encoding. */
  contentHash: string;
}
