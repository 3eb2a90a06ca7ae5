import type { PassageReading } from '../../passage.ts';
import type { Fold, Gloss } from './gloss-passage.ts';
import { glossPassage } from './gloss-passage.ts';
import { inOwnWords } from './own-words.ts';
import { phrases } from './phrases.ts';
import type { QuotedPassage } from './quoted-passages.ts';

export function translationOf({ passage }: QuotedPassage): string[] {
  const translation = passage.reading?.translation;
  return translation ? [phrases.translation(inOwnWords(translation))] : [];
}

export function gistOf({ passage }: QuotedPassage): string[] {
  const gist = passage.reading?.gist;
  return gist ? [phrases.gist(inOwnWords(gist))] : [];
}

export function doubtOf({ passage }: QuotedPassage): string[] {
  const doubt = passage.reading?.doubt;
  return doubt ? [phrases.doubt(inOwnWords(doubt))] : [];
}

/** Where translation, gist or notes are told that no person and no book stands for. */
export function ownershipOf(quoted: readonly QuotedPassage[]): string[] {
  const isByAi = (reading: PassageReading | undefined) =>
    reading !== undefined && reading.source !== 'document';
  return quoted.some(({ passage }) => isByAi(passage.reading)) ? [phrases.writtenWithAi] : [];
}

/** The notes of its reading that concern what is quoted; without any, what the glossary knows. */
export function glossesOf({ passage, excerpt }: QuotedPassage, fold: Fold): Gloss[] {
  const notes = (passage.reading?.notes ?? []).filter(({ term }) => excerpt.includes(term));
  if (notes.length === 0) return glossPassage(excerpt, fold);
  return notes.map(({ term, reading, meaning }) => ({
    term,
    reading,
    meaning: inOwnWords(meaning),
  }));
}
