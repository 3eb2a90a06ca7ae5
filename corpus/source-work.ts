/**
 * How the text of a chapter hangs together, which decides where it may be cut:
 * - `verse`: each paragraph is a stanza (or the whole poem); lines are kept together as far as possible;
 * - `prose`: each paragraph is a natural unit (章 or 段), cut only at sentence ends when long;
 * - `primer`: each paragraph is a short line or couplet; neighbours are grouped.
 */
export type Form = 'verse' | 'prose' | 'primer';

export interface SourceChapter {
  /** As shown in a citation after 《书·》, for example 「学而篇」, 「国风·周南·关雎」. Unique within its work. */
  title: string;
  author: string | null;
  dynasty: string | null;
  form: Form;
  /** In the order and the script of the source, trimmed, none empty. */
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
  chapters: SourceChapter[];
  /** Records of the source that were left out or mended on purpose, by reason. */
  irregularities: { reason: string; count: number; example: string }[];
}
