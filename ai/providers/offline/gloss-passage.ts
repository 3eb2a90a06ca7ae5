import { readInContext } from '../../pinyin/read-in-context.ts';
import { commonCharacters } from './common-characters.ts';
import { type GlossaryEntry, glossary } from './glossary.ts';

export interface Gloss {
  /** As it stands in the passage, in the passage's script. */
  term: string;
  /** Pinyin with tone marks, a syllable a character; `null` where a note gives none. */
  reading: string | null;
  /** `null`: a rare character of which only the reading is known here. */
  meaning: string | null;
}

/**
 * Brings both scripts to one form. Called with single characters, and has to answer with one
 * character, or with nothing where a character is no part of a word.
 */
export type Fold = (text: string) => string;

export const foldNothing: Fold = (text) => text;

interface FoldedEntry {
  entry: GlossaryEntry;
  term: string[];
  contexts: { characters: string[]; offset: number }[];
}

interface Note extends Gloss {
  key: string;
  rank: number;
}

const GAP = ' ';
const HAN = /^\p{Script=Han}$/u;
const glossaries = new WeakMap<Fold, Map<string, FoldedEntry[]>>();

/**
 * Hard words of a passage, most useful first: what is read or meant otherwise than usual, glossed
 * words with rare characters, other glossed words, then rare characters without a gloss.
 */
export function glossPassage(text: string, fold: Fold = foldNothing): Gloss[] {
  const characters = [...text];
  const folded = characters.map((character) => foldOne(character, fold));
  const entries = foldGlossary(fold);
  const notes = new Map<string, Note>();
  let readings: string[] | undefined;
  for (let at = 0; at < folded.length; ) {
    const found = entries.get(folded[at] ?? GAP)?.find((entry) => stands(entry, folded, at));
    const length = found?.term.length ?? 1;
    const term = characters.slice(at, at + length).join('');
    if (!found && isRare(folded[at] ?? GAP)) readings ??= readInContext(folded);
    const note = found ? noteOf(found, term) : rareNote(folded[at] ?? GAP, term, readings?.[at]);
    if (note && !notes.has(note.key)) notes.set(note.key, note);
    at += length;
  }
  return [...notes.values()]
    .sort((left, right) => left.rank - right.rank)
    .map(({ term, reading, meaning }) => ({ term, reading, meaning }));
}

function foldOne(character: string, fold: Fold): string {
  const key = fold(character);
  return key === '' ? GAP : [...key].length === 1 ? key : character;
}

function stands({ term, contexts }: FoldedEntry, folded: string[], at: number): boolean {
  if (!continues(term, folded, at)) return false;
  if (contexts.length === 0) return true;
  return contexts.some(({ characters, offset }) => continues(characters, folded, at - offset));
}

function continues(part: string[], whole: string[], at: number): boolean {
  return at >= 0 && part.every((character, index) => whole[at + index] === character);
}

function noteOf({ entry, term: folded }: FoldedEntry, term: string): Note {
  const { reading, meaning, unusual } = entry;
  const rank = unusual ? 0 : folded.some(isRare) ? 1 : 2;
  return { key: `${folded.join('')}${meaning}`, rank, term, reading, meaning };
}

function rareNote(key: string, term: string, reading: string | undefined): Note | undefined {
  const readable = reading !== undefined && !HAN.test(reading);
  return readable && isRare(key) ? { key, rank: 3, term, reading, meaning: null } : undefined;
}

function isRare(folded: string): boolean {
  return HAN.test(folded) && !commonCharacters.has(folded);
}

/** By first character; longer terms first, and senses bound to a context before general ones. */
function foldGlossary(fold: Fold): Map<string, FoldedEntry[]> {
  const cached = glossaries.get(fold);
  if (cached) return cached;
  const byFirst = new Map<string, FoldedEntry[]>();
  const foldAll = (text: string) => [...text].map((character) => foldOne(character, fold));
  for (const entry of glossary) {
    const term = foldAll(entry.term);
    const contexts = entry.contexts.map((context) => ({
      characters: foldAll(context),
      offset: [...context.slice(0, context.indexOf(entry.term))].length,
    }));
    const first = term[0] ?? GAP;
    byFirst.set(first, [...(byFirst.get(first) ?? []), { entry, term, contexts }]);
  }
  for (const entries of byFirst.values()) entries.sort(precedence);
  glossaries.set(fold, byFirst);
  return byFirst;
}

function precedence(left: FoldedEntry, right: FoldedEntry): number {
  const bound = ({ contexts }: FoldedEntry) => (contexts.length > 0 ? 0 : 1);
  return right.term.length - left.term.length || bound(left) - bound(right);
}
