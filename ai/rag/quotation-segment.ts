import type { Passage } from '../passage.ts';
import { countSymbols, type SymbolCounts } from './quotation-information.ts';
import { BOUNDARY, soundOf } from './quotation-symbols.ts';

/** Postings name blocks of so many symbols; small ones tell neighbours from what stands somewhere near. */
const BLOCK_BITS = 5;
export const BLOCK_SYMBOLS = 2 ** BLOCK_BITS;
/** So many that a segment is closed in some dozen milliseconds, and 16 bits number its blocks. */
const MOST_SYMBOLS = 2 ** 20;
/** From here on a segment ends where a chapter does. */
const ENOUGH_SYMBOLS = MOST_SYMBOLS * 0.75;
const MOST_BUCKETS = 2 ** 17;
const FEWEST_BUCKETS = 2 ** 8;
const FIRST_CAPACITY = 2 ** 10;

/** Two neighbouring sounds as one number of 32 bits (multiplicative hashing, D. E. Knuth 1973, 6.4). */
export function pairHash(first: number, second: number): number {
  const mixed = Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Chapters on their way into a segment. */
export class QuotationSegmentBuilder {
  symbols = new Uint16Array(FIRST_CAPACITY);
  size = 0;
  readonly passages: Passage[] = [];
  /** Where each passage begins. */
  readonly starts: number[] = [];

  /** Whether a passage is to go in here; a chapter is torn only where there is no room for it at all. */
  takes(chapterId: string, length: number): boolean {
    const most = this.#opens(chapterId) ? ENOUGH_SYMBOLS : MOST_SYMBOLS;
    return this.size === 0 || this.size + length < most;
  }

  add(passage: Passage, symbols: Uint16Array): void {
    this.#reserve(symbols.length + 1);
    // Nothing has been written there, so it is a boundary.
    if (this.#opens(passage.chapterId) && this.size > 0) this.size += 1;
    this.passages.push(passage);
    this.starts.push(this.size);
    this.symbols.set(symbols, this.size);
    this.size += symbols.length;
  }

  #opens(chapterId: string): boolean {
    return this.passages.at(-1)?.chapterId !== chapterId;
  }

  #reserve(more: number): void {
    let capacity = this.symbols.length;
    while (this.size + more > capacity) capacity *= 2;
    if (capacity === this.symbols.length) return;
    const symbols = new Uint16Array(capacity);
    symbols.set(this.symbols);
    this.symbols = symbols;
  }
}

/**
 * A stretch of a work: its chapters as symbols, and in which blocks of them each pair of neighbouring
 * sounds begins. This is the filter of P. Jokinen & E. Ukkonen 1991, «Two algorithms for approximate
 * string matching in static texts», over sounds instead of characters, because a wrong character
 * mostly sounds like the right one. Pairs share hashed buckets, buckets are slices of one typed
 * array: in a large work four and a half bytes a character, the text itself included.
 */
export class QuotationSegment {
  readonly symbols: Uint16Array;
  readonly passages: readonly Passage[];
  readonly starts: Uint32Array;
  readonly counts: SymbolCounts;
  readonly blockCount: number;
  readonly #bucketStarts: Uint32Array;
  readonly #blocks: Uint16Array | Uint32Array;

  constructor({ symbols, size, passages, starts }: QuotationSegmentBuilder) {
    this.symbols = symbols.slice(0, size);
    this.passages = passages;
    this.starts = Uint32Array.from(starts);
    this.counts = countSymbols(this.symbols);
    this.blockCount = (size >>> BLOCK_BITS) + 1;
    let buckets = FEWEST_BUCKETS;
    while (buckets < MOST_BUCKETS && buckets < size) buckets *= 2;
    this.#bucketStarts = countPairs(this.symbols, buckets);
    const pairs = this.#bucketStarts[buckets] ?? 0;
    // A single passage may be longer than a segment should be.
    this.#blocks = this.blockCount > 2 ** 16 ? new Uint32Array(pairs) : new Uint16Array(pairs);
    fillBlocks(this.symbols, this.#bucketStarts, this.#blocks);
  }

  /** Ascending, the blocks where a pair of sounds may begin: other pairs may have the same bucket. */
  blocksWith(hash: number): Uint16Array | Uint32Array {
    const bucket = hash & (this.#bucketStarts.length - 2);
    return this.#blocks.subarray(this.#bucketStarts[bucket], this.#bucketStarts[bucket + 1]);
  }

  /** The number of the passage that holds a position. */
  passageAt(position: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  get bytes(): number {
    const { symbols, starts, counts } = this;
    const arrays = [
      symbols,
      starts,
      counts.symbols,
      counts.counts,
      this.#bucketStarts,
      this.#blocks,
    ];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }
}

/** Where the postings of each bucket begin. */
function countPairs(symbols: Uint16Array, buckets: number): Uint32Array {
  const starts = new Uint32Array(buckets + 1);
  eachPair(symbols, buckets, (bucket) => {
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
  });
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
  }
  return starts;
}

function fillBlocks(
  symbols: Uint16Array,
  starts: Uint32Array,
  blocks: Uint16Array | Uint32Array,
): void {
  const next = starts.slice();
  eachPair(symbols, starts.length - 1, (bucket, block) => {
    const at = next[bucket] ?? 0;
    blocks[at] = block;
    next[bucket] = at + 1;
  });
}

/** Each bucket once for a block where a pair of it begins. */
function eachPair(
  symbols: Uint16Array,
  buckets: number,
  visit: (bucket: number, block: number) => void,
): void {
  const seen = new Int32Array(buckets).fill(-1);
  // Of the first symbol of a pair; none behind a boundary.
  let sound = 0;
  for (let at = 0; at < symbols.length; at += 1) {
    const symbol = symbols[at] ?? BOUNDARY;
    const next = symbol === BOUNDARY ? 0 : soundOf(symbol);
    if (sound !== 0 && next !== 0) {
      const bucket = pairHash(sound, next) & (buckets - 1);
      const block = (at - 1) >>> BLOCK_BITS;
      if (seen[bucket] !== block) {
        seen[bucket] = block;
        visit(bucket, block);
      }
    }
    sound = next;
  }
}
