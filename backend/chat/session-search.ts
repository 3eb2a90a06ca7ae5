import { setImmediate as nextTurn } from 'node:timers/promises';
import { foldCodePoint } from '../../ai/rag/folding.ts';

/**
 * What is looked for, as a regular expression that PostgreSQL and JavaScript read alike; to be
 * compared without regard to case. It holds characters, classes of characters and what may stand
 * between two of them, nothing that could be slow.
 */
export type SearchPattern = string;

const HAN = /\p{Script=Han}/u;
/** One edition has a comma where another has none; who looks for words types neither. */
const PUNCTUATION = '\\s，。、；：？！,.;:?!「」『』“”‘’《》〈〉（）()·…—';
const GAP = `[${PUNCTUATION}]*`;
const IN_GAP = new RegExp(`[${PUNCTUATION}]`, 'u');

/** 学 finds 學 too: each Han character stands for all that are the same word in the folded space. */
export async function searchPattern(wanted: string): Promise<SearchPattern> {
  const variants = await knownVariants();
  const characters = [...wanted];
  const words = characters.filter((character) => !IN_GAP.test(character));
  if (words.length === 0) return characters.map(literal).join('');
  let pattern = '';
  let previous: string | undefined;
  for (const [index, character] of characters.entries()) {
    if (IN_GAP.test(character)) continue;
    const parted = index > 0 && IN_GAP.test(characters[index - 1] ?? '');
    const joint = parted || HAN.test(character) || HAN.test(previous ?? '');
    if (previous !== undefined && joint) pattern += GAP;
    pattern += HAN.test(character) ? anyOf(character, variants) : literal(character);
    previous = character;
  }
  return pattern;
}

const BEFORE = 16;
const WHOLE = 60;

/** A line of the text around the first place that is meant; its beginning where none is found. */
export function excerptAround(text: string, pattern: SearchPattern): string {
  const line = withoutMarks(text);
  const at = Math.max(0, line.search(new RegExp(pattern, 'iu')));
  const before = [...line.slice(0, at)];
  const rest = [...line.slice(at)];
  const lead = before.slice(-BEFORE);
  const tail = rest.slice(0, WHOLE - lead.length);
  const cut = [before.length > lead.length ? '…' : '', rest.length > tail.length ? '…' : ''];
  return `${cut[0]}${[...lead, ...tail].join('')}${cut[1]}`;
}

/** As it reads on the page: without Markdown's marks and the numbers of citations. */
function withoutMarks(text: string): string {
  return text
    .replaceAll(/\*\*|`|^ {0,3}(?:#{1,6}|>)\s/gm, '')
    .replaceAll(/\[\d+\]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function literal(character: string): string {
  return character.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function anyOf(character: string, variants: ReadonlyMap<string, string>): string {
  const folded = foldCodePoint(character) || character;
  const same = new Set([character, folded, ...(variants.get(folded) ?? '')]);
  return same.size === 1 ? character : `[${[...same].join('')}]`;
}

const FIRST = 0x4e00;
const LAST = 0x9fff;
const SLICE = 1_000;
let variantsOnce: Promise<ReadonlyMap<string, string>> | undefined;

/** For each folded character those that are folded to it; made once, in slices that delay nobody. */
function knownVariants(): Promise<ReadonlyMap<string, string>> {
  variantsOnce ??= collectVariants();
  return variantsOnce;
}

async function collectVariants(): Promise<ReadonlyMap<string, string>> {
  const variants = new Map<string, string>();
  for (let code = FIRST; code <= LAST; code += 1) {
    if (code % SLICE === 0) await nextTurn();
    const character = String.fromCodePoint(code);
    const folded = foldCodePoint(character);
    if (folded !== character) variants.set(folded, (variants.get(folded) ?? '') + character);
  }
  return variants;
}
