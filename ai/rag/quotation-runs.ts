import { BLOCK_SYMBOLS, pairHash, type QuotationSegment } from './quotation-segment.ts';
import { soundOf } from './quotation-symbols.ts';

/** Where in a segment the very symbols of the needle stand, in the order of the book. */
export function* findRuns(needle: Uint16Array, segment: QuotationSegment): Generator<number> {
  const [first] = needle;
  if (first === undefined) return;
  if (needle.length === 1) {
    const { symbols } = segment;
    for (let at = symbols.indexOf(first); at >= 0; at = symbols.indexOf(first, at + 1)) yield at;
    return;
  }
  const { offset, blocks } = rarestPair(needle, segment);
  for (const block of blocks) {
    const from = block * BLOCK_SYMBOLS - offset;
    for (let at = Math.max(0, from); at < from + BLOCK_SYMBOLS; at += 1) {
      if (standsAt(needle, segment.symbols, at, offset)) yield at;
    }
  }
}

function rarestPair(needle: Uint16Array, segment: QuotationSegment) {
  const pairs = Array.from(needle.subarray(1), (second, offset) => ({
    offset,
    blocks: segment.blocksWith(pairHash(soundOf(needle[offset] ?? 0), soundOf(second))),
  }));
  return pairs.reduce((rarest, pair) =>
    pair.blocks.length < rarest.blocks.length ? pair : rarest,
  );
}

/** Looks at the rare place first. */
function standsAt(needle: Uint16Array, symbols: Uint16Array, at: number, rare: number): boolean {
  if (symbols[at + rare] !== needle[rare]) return false;
  for (let row = 0; row < needle.length; row += 1) {
    if (symbols[at + row] !== needle[row]) return false;
  }
  return true;
}
