import type { Passage } from './passage.ts';
import type { PassageLibrary } from './rag/passage-library.ts';
import { findQuotation } from './rag/quotation-search.ts';

/** What checking a quotation against the library found. */
export interface CheckedQuote {
  text: string;
  verdict: 'exact' | 'variant' | 'unknown';
  passage: Passage | null;
  /** The words of the source, when they are somewhere near. */
  found: string | null;
}

const CLOSING = new Map([
  ['「', '」'],
  ['『', '』'],
  ['“', '”'],
]);
const CITATION_MARKER = /\[\d+\]/g;
const MIN_HAN_CHARACTERS = 4;

/**
 * The quotations of an answer that are long enough to be checked, each once, in order; of those
 * inside one another the outermost, and without the citation markers a model puts into them.
 */
export function quotationsIn(answer: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < answer.length; at += 1) {
    const end = closingOf(answer, at);
    if (end === undefined) continue;
    found.push(answer.slice(at + 1, end).replace(CITATION_MARKER, ''));
    at = end;
  }
  return [...new Set(found)].filter((text) => hanCharacters(text) >= MIN_HAN_CHARACTERS);
}

/** Where the quotation that opens at `start`, if one does, closes; marks of its own kind nest. */
function closingOf(text: string, start: number): number | undefined {
  const opening = text[start] ?? '';
  const closing = CLOSING.get(opening);
  if (closing === undefined) return undefined;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === opening) depth += 1;
    else if (text[at] === closing) depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

/**
 * `exact`: the same words, whatever the script, variant forms and punctuation; where an ellipsis
 * leaves something out, those around it. `variant`: so few differ that it is no accident (a slip,
 * another edition). `unknown`: the library does not hold it.
 */
export function checkQuote(text: string, library: PassageLibrary): CheckedQuote {
  const match = findQuotation(text, library.quotations);
  if (!match) return { text, verdict: 'unknown', passage: null, found: null };
  const { passage, found, distance } = match;
  return { text, verdict: distance === 0 ? 'exact' : 'variant', passage, found };
}

/**
 * The quotations of an answer as a reader takes them: 「子曰：“学而时习之”」 is one. Where the whole is
 * not in the library, what is quoted inside it counts and the tutor's words around it do not:
 * “孔子说的「学而时习之」” quotes five characters.
 */
export function checkQuotesIn(answer: string, library: PassageLibrary): CheckedQuote[] {
  const checked = quotationsIn(answer).flatMap((text) => {
    const whole = checkQuote(text, library);
    const inside = whole.verdict === 'exact' ? [] : checkQuotesIn(text, library);
    return inside.length > 0 ? inside : [whole];
  });
  return [...new Map(checked.map((quote) => [quote.text, quote])).values()];
}

function hanCharacters(text: string): number {
  return text.match(/\p{Script=Han}/gu)?.length ?? 0;
}
