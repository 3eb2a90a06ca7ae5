import type { Passage } from './passage.ts';
import { foldText } from './rag/folding.ts';
import type { PassageLibrary } from './rag/passage-library.ts';
import { termsOf } from './rag/terms.ts';

/** What checking a quotation against the library found. */
export interface CheckedQuote {
  text: string;
  verdict: 'exact' | 'variant' | 'unknown';
  passage: Passage | null;
  /** The words of the source, when they are somewhere near. */
  found: string | null;
}

const QUOTED = /「([^「」]+)」|『([^『』]+)』|“([^“”]+)”/g;
const MIN_HAN_CHARACTERS = 4;
const CANDIDATES = 40;
/** One wrong character in four still points at its source; more is another sentence. */
const MAX_SHARE_OF_DIFFERENT_CHARACTERS = 0.25;

/** The quotations of an answer that are long enough to be checked, each once, in order. */
export function quotationsIn(answer: string): string[] {
  const found = [...answer.matchAll(QUOTED)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return [...new Set(found)].filter((text) => hanCharacters(text) >= MIN_HAN_CHARACTERS);
}

/**
 * `exact`: the same words, whatever the script, variant forms and punctuation. `variant`: at most
 * one character in four differs (a slip, another edition). `unknown`: the library does not hold it.
 */
export function checkQuote(text: string, library: PassageLibrary): CheckedQuote {
  const exact = library.quotations.findExact(text);
  if (exact) return { text, verdict: 'exact', passage: exact.passage, found: exact.found };
  const folded = foldText(text);
  const maxDistance = Math.floor(folded.length * MAX_SHARE_OF_DIFFERENT_CHARACTERS);
  const terms = new Map(termsOf(folded).map((term) => [term, 1]));
  const candidates = library.lexical.search(terms, CANDIDATES).map((hit) => hit.id);
  const near = library.quotations.findNearest(text, candidates, maxDistance);
  if (near) return { text, verdict: 'variant', passage: near.passage, found: near.found };
  return { text, verdict: 'unknown', passage: null, found: null };
}

export function checkQuotesIn(answer: string, library: PassageLibrary): CheckedQuote[] {
  return quotationsIn(answer).map((text) => checkQuote(text, library));
}

function hanCharacters(text: string): number {
  return text.match(/\p{Script=Han}/gu)?.length ?? 0;
}
