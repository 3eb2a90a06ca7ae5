import type { CitedPassage } from '../../ai/citations.ts';
import type { CheckedQuote } from '../../ai/quotes.ts';

/** As it is stored with the message, so that it survives whatever happens to the library. */
export interface Citation {
  n: number;
  passageId: string;
  work: string;
  chapter: string;
  author: string | null;
  dynasty: string | null;
  text: string;
  score: number;
}

export interface Quote {
  text: string;
  verdict: 'exact' | 'variant' | 'unknown';
  passageId: string | null;
  work: string | null;
  chapter: string | null;
  found: string | null;
}

export function toCitation({ n, passage, score }: CitedPassage): Citation {
  const { id: passageId, work, chapter, author, dynasty, text } = passage;
  return {
    n,
    passageId,
    work,
    chapter,
    author,
    dynasty,
    text,
    score: Math.round(score * 1e4) / 1e4,
  };
}

export function toQuote({ text, verdict, passage, found }: CheckedQuote): Quote {
  return {
    text,
    verdict,
    passageId: passage?.id ?? null,
    work: passage?.work ?? null,
    chapter: passage?.chapter ?? null,
    found,
  };
}
