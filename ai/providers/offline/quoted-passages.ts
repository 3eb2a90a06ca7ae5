import { type CitedPassage, sourceName } from '../../citations.ts';
import type { Passage } from '../../passage.ts';
import { excerptOf } from './excerpt.ts';
import type { Fold, Gloss } from './gloss-passage.ts';
import { phrases } from './phrases.ts';

const MOST_PASSAGES = 3;
/** A passage much weaker than the best one would only distract. */
const SHARE_OF_BEST_SCORE = 0.6;
const QUOTATION_MARKS = ['「」', '『』', '“”', '‘’'];

/** What is quoted of a passage. */
export interface QuotedPassage {
  n: number;
  passage: Passage;
  excerpt: string;
  whole: boolean;
}

/** The best few passages that differ, each as far as it is worth quoting. */
export function choosePassages(
  passages: readonly CitedPassage[],
  question: string,
  fold: Fold,
): QuotedPassage[] {
  const limit = (passages[0]?.score ?? 0) * SHARE_OF_BEST_SCORE;
  const seen = new Set<string>();
  const distinct = passages.filter(({ passage, score }) => {
    const key = [...passage.text].map(fold).join('').trim();
    const chosen = score >= limit && key !== '' && !seen.has(key);
    seen.add(key);
    return chosen;
  });
  return distinct.slice(0, MOST_PASSAGES).map(({ n, passage }) => {
    const excerpt = excerptOf(passage.text, question, fold);
    return { n, passage, excerpt, whole: excerpt === passage.text.trim() };
  });
}

/** Where it stands, and below that its words with their number. */
export function quotePassage(quoted: QuotedPassage): string[] {
  const { passage, whole } = quoted;
  return [`${placeOf(passage)}${whole ? '' : phrases.excerpt}`, quoteWords(quoted)];
}

export function quoteWords({ excerpt, n }: QuotedPassage): string {
  return `${quote(excerpt)}[${n}]`;
}

export function placeOf(passage: Passage): string {
  return `**${sourceName(passage)}**${authorOf(passage)}`;
}

export function authorOf({ author, dynasty }: Passage): string {
  if (!author) return '';
  return dynasty ? ` ${dynasty}·${author}` : ` ${author}`;
}

/** The passage stays as it is; of the marks around it those are taken that do not occur in it. */
export function quote(excerpt: string): string {
  const marks = QUOTATION_MARKS.find((pair) => ![...pair].some((mark) => excerpt.includes(mark)));
  const [open, close] = marks ?? '「」';
  return `${open}${excerpt}${close}`;
}

/** A line a word, the words of which only the reading is known together in the last. */
export function listGlosses(glosses: readonly Gloss[]): string {
  const lines = glosses.flatMap(({ term, reading, meaning }) =>
    meaning === null ? [] : [phrases.gloss(term, reading, meaning)],
  );
  const readings = glosses.flatMap(({ term, reading, meaning }) =>
    meaning === null && reading !== null ? [phrases.reading(term, reading)] : [],
  );
  if (readings.length > 0) lines.push(phrases.readings(readings));
  return lines.map((line) => `- ${line}`).join('\n');
}
