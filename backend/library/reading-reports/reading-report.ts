/** What a reader found wrong in the translation, gist or notes of a passage. */
export interface ReadingReport {
  id: string;
  passageId: string;
  workId: string;
  work: string;
  /** Null when the passage is no longer there. */
  text: string | null;
  user: { id: string; nickname: string };
  comment: string;
  createdAt: Date;
  handledAt: Date | null;
}
