import type { Passage } from '../passage.ts';
import { foldText } from './folding.ts';
import { termsOf } from './terms.ts';

/** By what a passage can be found: its own words, what is said of it in the words of today, its names. */
export const FIELDS = ['text', 'translation', 'gist', 'themes', 'names'] as const;

export type Field = (typeof FIELDS)[number];

/** The terms of each field; none where a passage has no such field. */
export type FieldTerms = Readonly<Record<Field, readonly string[]>>;

/** The folded words of each field; `names` are work, chapter, author, dynasty and the other names of the work. */
export function fieldTexts(
  passage: Passage,
  aliases: readonly string[],
): Record<Field, readonly string[]> {
  const { work, chapter, author, dynasty, reading } = passage;
  const fields = {
    text: [passage.text],
    translation: [reading?.translation],
    gist: [reading?.gist],
    themes: [...(reading?.themes ?? []), ...(reading?.questions ?? [])],
    names: [work, chapter, author, dynasty, ...aliases],
  };
  const folded = (words: readonly (string | null | undefined)[]) =>
    words.map((each) => foldText(each ?? '')).filter((each) => each !== '');
  return mapFields((field) => folded(fields[field]));
}

export function fieldTerms(texts: Readonly<Record<Field, readonly string[]>>): FieldTerms {
  return mapFields((field) => texts[field].flatMap(termsOf));
}

export function mapFields<Value>(value: (field: Field) => Value): Record<Field, Value> {
  return {
    text: value('text'),
    translation: value('translation'),
    gist: value('gist'),
    themes: value('themes'),
    names: value('names'),
  };
}
