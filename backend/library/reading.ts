/** Who wrote a reading: whoever edited the text, a language model, or those who keep this library, with AI. */
export type ReadingSource = 'editorial' | 'document' | 'machine';

/** As it is kept: what came in the text's file goes with it, what people uploaded beside it stays. */
export type ReadingOrigin = ReadingSource | 'uploaded';

export interface Note {
  term: string;
  /** Pinyin where it is rare or not the usual one. */
  reading: string | null;
  meaning: string;
  /** At which places of the term in the passage it is read so, counted from 1; at all where it is not said. */
  at?: number[] | undefined;
}

/** What is said of a passage in the words of today. */
export interface Reading {
  source: ReadingSource;
  translation: string | null;
  gist: string | null;
  themes: string[];
  /** What a learner might ask that the passage answers. */
  questions: string[];
  notes: Note[];
  /** Where those who wrote it were not sure. */
  doubt: string | null;
}

/** A reading of a passage as it was when its folded text had this hash; of another text it says nothing. */
export interface StoredReading extends Reading {
  passageId: string;
  workId: string;
  textHash: string;
}
