import { BLOCK_SYMBOLS, pairHash, type QuotationSegment } from './quotation-segment.ts';
import { otherSoundsOf, soundOf } from './quotation-symbols.ts';

/** Where in a segment a quotation may stand: from a block on, as many blocks as it can cover. */
export interface Candidate {
  segment: QuotationSegment;
  from: number;
  to: number;
  /** The bits of all shared pairs. */
  score: number;
}

/** Postings are read, those of rare pairs first, until they are so many. */
const MOST_POSTINGS = 400_000;
const MOST_CANDIDATES = 256;
const FEWEST_CANDIDATES = 2;
/** Aligning costs as much as both texts are long; the source of a long quotation ranks high anyway. */
const MOST_CELLS = 50_000;

/**
 * The places that share the most pairs of sounds with a quotation, best first, rare pairs counting
 * for more. Besides its own pairs those are looked up that it would have if two neighbours changed
 * places or one of its characters were left out, so that one such slip costs a short quotation none.
 */
export function findCandidates(
  needle: Uint16Array,
  segments: readonly QuotationSegment[],
): Candidate[] {
  if (segments.length === 0) return [];
  const pairs = weighPairs(pairsOf(needle), segments);
  const size = needle.length;
  const span = Math.ceil((size + 2) / BLOCK_SYMBOLS) + 1;
  const cells = size * (span * BLOCK_SYMBOLS + 2 * size);
  const affordable = Math.max(FEWEST_CANDIDATES, Math.floor(MOST_CELLS / cells));
  const best = new BestCandidates(Math.min(MOST_CANDIDATES, affordable));
  const scores = new Float32Array(Math.max(...segments.map((each) => each.blockCount)) + span + 1);
  for (const segment of segments) {
    scores.fill(0);
    for (const { hash, bits } of pairs) {
      const blocks = segment.blocksWith(hash);
      for (let at = 0; at < blocks.length; at += 1) {
        const block = blocks[at] ?? 0;
        scores[block] = (scores[block] ?? 0) + bits;
      }
    }
    collect(segment, scores, span, size, best);
  }
  return best.all();
}

/** Windows over the blocks that score more than their neighbours. */
function collect(
  segment: QuotationSegment,
  scores: Float32Array,
  span: number,
  size: number,
  best: BestCandidates,
): void {
  let window = 0;
  for (let block = 0; block < span; block += 1) window += scores[block] ?? 0;
  let before = 0;
  for (let block = 0; block < segment.blockCount; block += 1) {
    const after = window - (scores[block] ?? 0) + (scores[block + span] ?? 0);
    if (window > best.threshold && window >= before && window >= after) {
      const from = Math.max(0, block * BLOCK_SYMBOLS - size);
      const to = Math.min(segment.symbols.length, (block + span) * BLOCK_SYMBOLS + size);
      best.add({ segment, from, to, score: window });
    }
    before = window;
    window = after;
  }
}

class BestCandidates {
  readonly #limit: number;
  readonly #kept: Candidate[] = [];
  threshold = 1e-3;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(candidate: Candidate): void {
    const kept = this.#kept;
    let place = kept.length;
    while (place > 0 && (kept[place - 1]?.score ?? 0) < candidate.score) place -= 1;
    kept.splice(place, 0, candidate);
    if (kept.length > this.#limit) kept.pop();
    if (kept.length === this.#limit) this.threshold = kept.at(-1)?.score ?? 0;
  }

  all(): Candidate[] {
    return this.#kept;
  }
}

function pairsOf(needle: Uint16Array): Set<number> {
  const hashes = new Set<number>();
  for (let at = 0; at + 1 < needle.length; at += 1) {
    const [one = 0, two = 0, three] = needle.subarray(at, at + 3);
    for (const first of [soundOf(one), ...otherSoundsOf(one)]) {
      for (const second of [soundOf(two), ...otherSoundsOf(two)])
        hashes.add(pairHash(first, second));
    }
    hashes.add(pairHash(soundOf(two), soundOf(one)));
    if (three !== undefined) hashes.add(pairHash(soundOf(one), soundOf(three)));
  }
  return hashes;
}

function weighPairs(
  hashes: Iterable<number>,
  segments: readonly QuotationSegment[],
): { hash: number; bits: number }[] {
  const total = segments.reduce((sum, { blockCount }) => sum + blockCount, 0);
  const pairs = Array.from(hashes, (hash) => {
    const frequency = segments.reduce((sum, each) => sum + each.blocksWith(hash).length, 0);
    return { hash, frequency, bits: Math.log2(1 + total / (1 + frequency)) };
  });
  pairs.sort((a, b) => a.frequency - b.frequency);
  let read = 0;
  return pairs.filter(({ frequency }) => {
    read += frequency;
    return frequency > 0 && read <= MOST_POSTINGS;
  });
}
