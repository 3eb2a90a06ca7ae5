/**
 * How the text of a chapter hangs together, which decides where it may be cut:
 * - `verse`: each paragraph is a line or a stanza; the poem stays whole or falls into groups of them;
 * - `primer`: each paragraph is a short line or couplet; neighbours are grouped;
 * - `prose`: each paragraph is a 段 of one running text; a tiny one goes with its neighbour;
 * - `dialogue`: each paragraph is a 章 or a turn of one; a tiny turn goes with its answer;
 * - `sayings`: each paragraph is a 章 complete in itself and never joined to another.
 */
export type Form = 'verse' | 'primer' | 'prose' | 'dialogue' | 'sayings';

export interface SourceChapter {
  /** As shown in a citation after 《书·》, for example 「学而篇」, 「国风·周南·关雎」. Unique within its work. */
  title: string;
  author: string | null;
  dynasty: string | null;
  form: Form;
  /** In the order and the script of the source, trimmed, none empty, none with a line break. */
  paragraphs: string[];
}

export interface SourceWork {
  /** Stable ASCII name, the key of everything derived: `lunyu`, `tangshi-300`. */
  slug: string;
  title: string;
  author: string | null;
  dynasty: string | null;
  category: string;
  /** Other names readers use for the work or its speaker: 「孔子」 for 论语, 「楚辭」, 「屈原」. Indexed, not shown. */
  aliases: string[];
  /** Author, time, what it is and how to read it, in a few sentences. */
  introduction?: string | null;
  chapters: SourceChapter[];
  /** Records of the source that were left out or mended on purpose, by reason. */
  irregularities: Irregularity[];
}

export interface Irregularity {
  reason: string;
  count: number;
  example: string;
}

export interface SourceNote {
  /** As it stands in the passage. */
  term: string;
  /** Pinyin where it is rare or not the usual one: a syllable for each Han character of the term. */
  reading: string | null;
  meaning: string;
  /** At which places of the term in the passage it is read so, counted from 1; at all where it is not said. */
  at?: number[] | undefined;
}

/** What is said of a passage in the words of today. */
export interface SourceReading {
  passageId: string;
  /** The first 16 hex digits of SHA-256 over the folded text that the reading was written for. */
  textHash: string;
  translation: string | null;
  gist: string | null;
  themes: string[];
  notes: SourceNote[];
  /** Where those who wrote it were not sure. */
  doubt: string | null;
}

/** A work that can be read when it is wanted; what it is called is known before. */
export interface WorkSource {
  slug: string;
  title: string;
  read(): Promise<SourceWork>;
  readings?(): Promise<SourceReading[]>;
}
