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
}

/** A work cut into chapters and passages with their ids, ready to be stored and indexed whole. */
export interface PreparedWork {
  work: Work;
  chapters: Chapter[];
  passages: StoredPassage[];
}
