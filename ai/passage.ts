/** The smallest part of a work that is found and cited: a 章, a 段, a poem or a group of stanzas. */
export interface Passage {
  /** Stable across ingestions: derived from work, chapter and folded text. */
  id: string;
  workId: string;
  work: string;
  chapterId: string;
  chapter: string;
  author: string | null;
  dynasty: string | null;
  /** As in the source, punctuation and script untouched. */
  text: string;
  reading?: PassageReading | undefined;
}

/** What is said of a passage in the words of today. It is searched and shown, never quoted as the text. */
export interface PassageReading {
  /** The text's own document, a language model, or those who keep this library. */
  source: 'editorial' | 'document' | 'machine';
  translation: string | null;
  gist: string | null;
  themes: readonly string[];
  /** What a learner might ask that the passage answers. */
  questions: readonly string[];
  notes: readonly PassageNote[];
  /** Where the meaning is disputed, or the text in doubt. */
  doubt: string | null;
}

/** A hard word of a passage, in pinyin where that is rare, and its meaning there. */
export interface PassageNote {
  term: string;
  reading: string | null;
  meaning: string;
}
