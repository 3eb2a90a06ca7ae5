import { type Atom, hanLength } from './segmentation-balanced-cuts.ts';

/** What ends a sentence, with the quotation marks and brackets that close after it and the space. */
const SENTENCE_END = /[。！？；!?;…]+[」”’』）》)"]*\s*(?![，、：。！？；,」”’』）])/gu;
const CLAUSE_END = /[，、：,][」”’』）》)"]*\s*/gu;

/** A sentence beyond this many Han characters may be cut at its commas. */
export const HARD_LIMIT = 240;
/** … and where it has none, every so many characters. */
const BLIND_CUT = 120;

export function splitSentences(paragraph: string): string[] {
  return splitAfter(paragraph, SENTENCE_END);
}

export function closesSentence(text: string): boolean {
  return /[。！？；!?;…][」”’』）》)"]*\s*$/u.test(text);
}

/** After a full sentence best, after the half of a parallel one if need be, elsewhere hardly. */
export function cutAfter(text: string): Atom['cut'] {
  if (!closesSentence(text)) return 'bad';
  return /[；;][^。！？!?…]*$/u.test(text) ? 'fair' : 'good';
}

/** A sentence of bearable length is returned whole, a longer one in clauses. */
export function splitTooLong(sentence: string): string[] {
  if (hanLength(sentence) <= HARD_LIMIT) return [sentence];
  return splitAfter(sentence, CLAUSE_END).flatMap((clause) => {
    if (hanLength(clause) <= HARD_LIMIT) return [clause];
    const characters = [...clause];
    const pieces: string[] = [];
    for (let start = 0; start < characters.length; start += BLIND_CUT) {
      pieces.push(characters.slice(start, start + BLIND_CUT).join(''));
    }
    return pieces;
  });
}

function splitAfter(text: string, end: RegExp): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const match of text.matchAll(end)) {
    const cut = match.index + match[0].length;
    pieces.push(text.slice(start, cut));
    start = cut;
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces;
}
