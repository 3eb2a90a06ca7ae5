import { readInContext } from './read-in-context.ts';

/** A word of the text and how it is read there: a syllable for each of its Han characters, parted by spaces. */
export interface ReadTerm {
  term: string;
  reading: string | null;
  /** At which of its places in the text, counted from 1; at all of them where nothing is said. */
  at?: readonly number[] | undefined;
}

const HAN = /^\p{Script=Han}$/u;

/**
 * For each code point of a text its syllable, `null` for what is no Han character. The dictionary
 * goes by today's use; where the notes of a passage say otherwise, as 「说」 is read yuè, they are
 * believed.
 */
export function annotatePinyin(
  text: string,
  terms: readonly ReadTerm[],
  fold: (character: string) => string,
): (string | null)[] {
  const characters = [...text];
  const folded = characters.map((character) => fold(character) || ' ');
  const syllables: (string | null)[] = readInContext(folded).map((syllable, at) =>
    HAN.test(characters[at] ?? '') && !HAN.test(syllable) ? syllable : null,
  );
  for (const { term, reading, at } of terms) {
    const wanted = [...term];
    const read = reading?.trim().toLowerCase().split(/\s+/u) ?? [];
    const spoken = wanted.flatMap((character, offset) => (HAN.test(character) ? [offset] : []));
    if (read.length !== spoken.length) continue;
    for (const [index, place] of placesOf(wanted, characters).entries()) {
      if (at && !at.includes(index + 1)) continue;
      for (const [order, offset] of spoken.entries())
        syllables[place + offset] = read[order] ?? null;
    }
  }
  return syllables;
}

function placesOf(part: readonly string[], whole: readonly string[]): number[] {
  const places: number[] = [];
  for (let at = 0; at + part.length <= whole.length; at += 1) {
    if (part.every((character, offset) => whole[at + offset] === character)) places.push(at);
  }
  return places;
}
