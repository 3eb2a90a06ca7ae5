import type { Passage } from '../passage.ts';
import { foldText } from './folding.ts';
import { type Alignment, EDIT, QuotationAligner } from './quotation-alignment.ts';
import { findCandidates } from './quotation-candidates.ts';
import { type Excerpt, excerptOf } from './quotation-excerpt.ts';
import { SymbolFrequencies } from './quotation-information.ts';
import { findRuns } from './quotation-runs.ts';
import type { QuotationSegment } from './quotation-segment.ts';
import { symbolsOf } from './quotation-symbols.ts';
import { QuotedChapters } from './quoted-chapters.ts';

export interface QuotationMatch extends Excerpt {
  /** Characters that differ, a homophone counting for less than one; 0: the words are the same. */
  distance: number;
}

/** Where to look. */
export interface QuotationScope {
  workId: string;
  chapterId?: string;
}

/**
 * Finds where words stand in the library, in the folded space and over the borders of passages: the
 * very words, or the nearest run that is nearer than chance explains. Every work brings its own
 * segments, so that works come and go; what they have in common is how common each character is.
 */
export class QuotationIndex {
  readonly #works = new Map<string, readonly QuotationSegment[]>();
  readonly #frequencies = new SymbolFrequencies();

  put(workId: string, passages: readonly Passage[]): void {
    const chapters = new QuotedChapters();
    for (const passage of passages) chapters.add(passage);
    this.place(workId, chapters);
  }

  /** The same with what has been read already. */
  place(workId: string, chapters: QuotedChapters): void {
    this.#count(workId, -1);
    this.#works.set(workId, chapters.segments());
    this.#count(workId, 1);
  }

  remove(workId: string): void {
    this.#count(workId, -1);
    this.#works.delete(workId);
  }

  #count(workId: string, sign: 1 | -1): void {
    for (const { counts } of this.#works.get(workId) ?? []) this.#frequencies.merge(counts, sign);
  }

  #segments(workId?: string): readonly QuotationSegment[] {
    if (workId !== undefined) return this.#works.get(workId) ?? [];
    return [...this.#works.values()].flat();
  }

  /** What it takes up, passages aside. */
  get bytes(): number {
    return this.#segments().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Where the words stand first, in the order of the library. */
  findExact(words: string, scope?: QuotationScope): QuotationMatch | undefined {
    const needle = symbolsOf(foldText(words));
    for (const segment of this.#segments(scope?.workId)) {
      for (const start of findRuns(needle, segment)) {
        const chapterId = segment.passages[segment.passageAt(start)]?.chapterId;
        if (scope?.chapterId !== undefined && scope.chapterId !== chapterId) continue;
        const found = excerptOf(segment, start, start + needle.length);
        return found && { ...found, distance: 0 };
      }
    }
    return undefined;
  }

  /** The run of words that agrees with these the most, if more than chance explains. */
  findNearest(words: string): QuotationMatch | undefined {
    const needle = symbolsOf(foldText(words));
    const aligner = new QuotationAligner(needle, this.#frequencies.informationOf(needle));
    const segments = this.#segments();
    let most = 0;
    let best: { segment: QuotationSegment; run: Alignment } | undefined;
    const comesFirst = (segment: QuotationSegment, { start }: Alignment) =>
      segment === best?.segment
        ? start < best.run.start
        : best !== undefined && segments.indexOf(segment) < segments.indexOf(best.segment);
    for (const { segment, from, to } of findCandidates(needle, segments)) {
      const run = aligner.align(segment.symbols, from, to);
      const { cost, information } = run;
      const significance = this.#frequencies.significanceOf(
        needle.length,
        cost / EDIT,
        information,
      );
      // Of lines that are as near the first of the library, as among those that are the same.
      if (significance < most || significance === 0) continue;
      if (significance === most && !comesFirst(segment, run)) continue;
      most = significance;
      best = { segment, run };
    }
    const found = best && withoutStrayEnds(aligner, best.segment, best.run);
    return best && found && { ...found, distance: best.run.cost / EDIT };
  }
}

/** A few characters at an end of an excerpt that a mark, a space or a new line parts from the rest. */
const FIRST_FEW = /^([\p{L}\p{N}]{1,4})[^\p{L}\p{N}]/u;
const LAST_FEW = /[^\p{L}\p{N}]([\p{L}\p{N}]{1,4})$/u;

/**
 * Characters too many at an end of a quotation are aligned with those of the clause before or after as well as
 * with nothing: of two ways that cost the same, the one that keeps to its clauses is meant.
 */
function withoutStrayEnds(
  aligner: QuotationAligner,
  segment: QuotationSegment,
  { start, end, cost }: Alignment,
): Excerpt | undefined {
  const excerpt = excerptOf(segment, start, end);
  const found = excerpt?.found ?? '';
  const [first, last] = [FIRST_FEW, LAST_FEW].map(
    (few) => [...(few.exec(found)?.[1] ?? '')].length,
  );
  const ways = [
    [start + (first ?? 0), end - (last ?? 0)],
    [start, end - (last ?? 0)],
    [start + (first ?? 0), end],
  ] as const;
  for (const [from, to] of ways) {
    if (to - from === end - start || to <= from) continue;
    const shorter = aligner.align(segment.symbols, from, to);
    if (shorter.cost === cost) return excerptOf(segment, shorter.start, shorter.end);
  }
  return excerpt;
}
