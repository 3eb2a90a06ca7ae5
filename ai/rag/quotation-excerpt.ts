import type { Passage } from '../passage.ts';
import { foldWithOffsets } from './folding.ts';
import type { QuotationSegment } from './quotation-segment.ts';

export interface Excerpt {
  /** Where it begins. */
  passage: Passage;
  /** The words as the source has them, punctuation included. */
  found: string;
}

/** What stands between two positions of a segment that lie in one chapter. */
export function excerptOf(
  segment: QuotationSegment,
  start: number,
  end: number,
): Excerpt | undefined {
  const home = segment.passageAt(start);
  const passage = segment.passages[home];
  if (passage === undefined) return undefined;
  let found = '';
  for (let n = home; n < segment.passages.length; n += 1) {
    const from = segment.starts[n] ?? 0;
    if (from >= end) break;
    found += partOf(segment.passages[n]?.text ?? '', start - from, end - from);
  }
  return { passage, found };
}

/** Where the run comes from or goes on into another passage, so does the punctuation between the two. */
function partOf(text: string, start: number, end: number): string {
  const { folded, starts, ends } = foldWithOffsets(text);
  // A symbol is one character of the folded text, which may be two units.
  const units: number[] = [];
  let unit = 0;
  for (const character of folded) {
    units.push(unit);
    unit += character.length;
  }
  const first = start < 0 ? 0 : starts[units[start] ?? 0];
  const last = end > units.length ? text.length : ends[units[end - 1] ?? 0];
  return text.slice(first, last);
}
