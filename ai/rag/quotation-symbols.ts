import { readingsOf } from '../pinyin/read-in-context.ts';

/**
 * The alphabet of the quotation index: a folded text as one number of 16 bits a character. The basic
 * plane stands for itself; what lies beyond is numbered as it is met, in the range of surrogates and
 * private use that a folded text never holds, so that a rare character is one character to alignment.
 */
const FIRST_SPARE = 0xd800;
const LAST_SPARE = 0xf8ff;
const ALPHABET = 0x10000;
/** Between two chapters: no word holds it, so nothing is found across. */
export const BOUNDARY = 0;

const spareOf = new Map<string, number>();
const spares: string[] = [];

/** Once the spare numbers are used up, later rare characters share the last one. */
function spareSymbol(character: string): number {
  const known = spareOf.get(character);
  if (known !== undefined) return known;
  const symbol = Math.min(FIRST_SPARE + spares.length, LAST_SPARE);
  spareOf.set(character, symbol);
  spares.push(character);
  return symbol;
}

export function symbolsOf(folded: string): Uint16Array {
  const symbols = new Uint16Array(folded.length);
  let size = 0;
  for (let index = 0; index < folded.length; index += 1) {
    const unit = folded.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      symbols[size] = spareSymbol(folded.slice(index, index + 2));
      index += 1;
    } else {
      symbols[size] = unit;
    }
    size += 1;
  }
  return symbols.subarray(0, size);
}

function characterOf(symbol: number): string {
  const spare = symbol >= FIRST_SPARE && symbol <= LAST_SPARE;
  return spare ? (spares[symbol - FIRST_SPARE] ?? '') : String.fromCharCode(symbol);
}

/** Syllables without tones, numbered as they are met, after the numbers of all symbols. */
const syllables = new Map<string, number>();
const commonest = new Uint32Array(ALPHABET);
const others = new Map<number, readonly number[]>();
const severalSounds = new Uint8Array(ALPHABET);
const NONE: readonly number[] = [];

/**
 * How a character sounds most often: the same number for homophones, whatever their tones. What has
 * no known sound is its own.
 */
export function soundOf(symbol: number): number {
  return commonest[symbol] || learn(symbol);
}

/** The further sounds of a character that is read in several ways. */
export function otherSoundsOf(symbol: number): readonly number[] {
  soundOf(symbol);
  return severalSounds[symbol] ? (others.get(symbol) ?? NONE) : NONE;
}

export function soundAlike(a: number, b: number): boolean {
  const [first, second] = [soundOf(a), soundOf(b)];
  if (first === second) return true;
  if (!severalSounds[a] && !severalSounds[b]) return false;
  const [more, yetMore] = [otherSoundsOf(a), otherSoundsOf(b)];
  return more.includes(second) || yetMore.includes(first) || more.some((s) => yetMore.includes(s));
}

function learn(symbol: number): number {
  const [first = symbol || ALPHABET, ...rest] = readingsOf(characterOf(symbol)).map(numberOf);
  commonest[symbol] = first;
  if (rest.length > 0) {
    severalSounds[symbol] = 1;
    others.set(symbol, rest);
  }
  return first;
}

function numberOf(syllable: string): number {
  const known = syllables.get(syllable);
  if (known !== undefined) return known;
  const number = ALPHABET + 1 + syllables.size;
  syllables.set(syllable, number);
  return number;
}
