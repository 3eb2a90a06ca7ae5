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
}
