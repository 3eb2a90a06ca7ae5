import type { StoredReading } from './reading.ts';

export interface Work {
  id: string;
  slug: string;
  /** Its place in the order of the library. */
  position: number;
  title: string;
  author: string | null;
  dynasty: string | null;
  category: string;
  aliases: string[];
  introduction: string | null;
  contentHash: string;
  chapterCount: number;
  passageCount: number;
  characterCount: number;
}

export interface Chapter {
  id: string;
  workId: string;
  n: number;
  title: string;
  author: string | null;
  dynasty: string | null;
  passageCount: number;
}

export interface StoredPassage {
  id: string;
  workId: string;
  chapterId: string;
  n: number;
  text: string;
  /** First 16 hex digits of SHA-256 over the folded text; null until the work is read in again. */
  textHash: string | null;
}

/** One that a newer version of its work has no longer; old answers still cite it. */
export interface RetiredPassage {
  id: string;
  workId: string;
  chapterTitle: string;
  text: string;
}

/** A work cut into chapters and passages with their ids, ready to be stored and indexed whole. */
export interface PreparedWork {
  work: Work;
  chapters: Chapter[];
  passages: StoredPassage[];
  /** Of those passages; readings that were written for another text are not among them. */
  readings: StoredReading[];
}
