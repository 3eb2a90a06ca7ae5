import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Converter } from 'opencc-js/cn2t';
import { z } from 'zod';
import { readingsOf } from '../../ai/pinyin/read-in-context.ts';
import { createRandom, type Random } from '../support/random.ts';
import { bareWords, type LibraryTexts, libraryOfWorks } from './quotes-library.ts';

const lineSchema = z.object({
  kind: z.string(),
  quote: z.string().min(1),
  present: z.boolean(),
  /** The true words, of which a passage that is right holds all. */
  gold: z
    .string()
    .nullish()
    .transform((gold) => gold ?? null),
});

export interface QuoteLine extends z.infer<typeof lineSchema> {}

export interface Suite {
  name: string;
  lines: QuoteLine[];
}

const SEED = 20_261_121;
const A_KIND = 60;
/** So late that no other work of the library quotes it. */
const LEFT_OUT = '纳兰性德';
const LENGTHS = [5, 6, 7, 8, 9, 10, 12, 15];

/** A line of JSON a quotation. */
export async function readSuite(file: string): Promise<Suite> {
  const text = await readFile(file, 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parsed = lines.map((line) => lineSchema.parse(JSON.parse(line)));
  const bare = parsed.map((line) => ({ ...line, gold: line.gold && bareWords(line.gold) }));
  return { name: path.basename(file, '.jsonl'), lines: bare };
}

/**
 * Quotations with the slips that people make, and two kinds that nobody should find: sentences of a
 * work that is left out of the library, and words of it that stand there in another order.
 */
export function generateSuite(library: LibraryTexts): { suite: Suite; without: LibraryTexts } {
  const random = createRandom(SEED);
  const absent = library.works.find(({ title }) => title === LEFT_OUT);
  if (!absent) throw new Error(`${LEFT_OUT} is not in the library`);
  const without = libraryOfWorks(library.works.filter((work) => work !== absent));
  const texts = textsOf(without);
  const lines = [
    ...presentLines(texts, random),
    ...absentLines(texts, textsOf(libraryOfWorks([absent])), random),
  ];
  return { suite: { name: `made up, without ${LEFT_OUT}`, lines }, without };
}

function presentLines(texts: readonly string[], random: Random): QuoteLine[] {
  return Object.entries(distortions(random, texts.join(''))).flatMap(([kind, distort]) =>
    Array.from({ length: A_KIND }, () => {
      const gold = pickWords(texts, random);
      return { kind, quote: distort(gold), present: true, gold };
    }),
  );
}

function absentLines(
  texts: readonly string[],
  others: readonly string[],
  random: Random,
): QuoteLine[] {
  const kinds = {
    'absent: other work': () => pickWords(others, random),
    'absent: shuffled': () => shuffle(pickWords(texts, random), random),
  };
  return Object.entries(kinds).flatMap(([kind, make]) =>
    Array.from({ length: 2 * A_KIND }, () => {
      let quote = make();
      while (quote === '' || texts.some((text) => text.includes(quote))) quote = make();
      return { kind, quote, present: false, gold: null };
    }),
  );
}

/** Chapter after chapter. */
function textsOf({ works }: LibraryTexts): string[] {
  const chapters = new Map<string, string>();
  for (const { chapterId, text } of works.flatMap(({ passages }) => passages)) {
    chapters.set(chapterId, (chapters.get(chapterId) ?? '') + bareWords(text));
  }
  return [...chapters.values()].filter(({ length }) => length > Math.max(...LENGTHS));
}

function pickWords(texts: readonly string[], random: Random): string {
  const text = random.pick(texts);
  const length = random.pick(LENGTHS);
  const from = random.below(text.length - length);
  return text.slice(from, from + length);
}

type Distortion = (words: string) => string;

function distortions(random: Random, characters: string): Record<string, Distortion> {
  const toTraditional = Converter({ from: 'cn', to: 't' });
  const homophones = homophonesIn(characters);
  const any = () => characters[random.below(characters.length)] ?? '';
  const put = (words: string, at: number, length: number, by: string) =>
    words.slice(0, at) + by + words.slice(at + length);
  const homophone: Distortion = (words) => {
    const at = random.below(words.length);
    const alike = homophones(words[at] ?? '');
    return alike.length > 0 ? put(words, at, 1, random.pick(alike)) : words;
  };
  return {
    exact: (words) => words,
    traditional: toTraditional,
    punctuation: (words) => `${put(words, 1 + random.below(words.length - 1), 0, '、')}……`,
    'homophone 1': homophone,
    'homophone 2': (words) => homophone(homophone(words)),
    missing: (words) => put(words, random.below(words.length), 1, ''),
    added: (words) => put(words, 1 + random.below(words.length - 1), 0, any()),
    swapped: (words) => {
      const at = random.below(words.length - 1);
      return put(words, at, 2, `${words[at + 1]}${words[at]}`);
    },
    wrong: (words) => put(words, random.below(words.length), 1, any()),
  };
}

function homophonesIn(text: string): (character: string) => string[] {
  const bySound = new Map<string, string[]>();
  for (const character of new Set(text)) {
    const [sound] = readingsOf(character);
    if (sound !== undefined) bySound.set(sound, [...(bySound.get(sound) ?? []), character]);
  }
  return (character) => {
    const alike = bySound.get(readingsOf(character)[0] ?? '') ?? [];
    return alike.filter((other) => other !== character);
  };
}

/** In another order in which no two neighbours follow each other as before; empty where chance found none. */
function shuffle(words: string, random: Random): string {
  const characters = [...words];
  // R. A. Fisher & F. Yates 1938.
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const [a = '', b = ''] = [characters[last], characters[other]];
    characters[last] = b;
    characters[other] = a;
  }
  const shuffled = characters.join('');
  const pairs = characters.slice(1).map((second, at) => `${characters[at]}${second}`);
  return pairs.some((pair) => words.includes(pair)) ? '' : shuffled;
}
