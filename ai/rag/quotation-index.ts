import type { Passage } from '../passage.ts';
import { foldText, foldWithOffsets } from './folding.ts';

export interface QuotationMatch {
  passage: Passage;
  /** The words as the source has them, punctuation included. */
  found: string;
  /** Folded characters that differ; 0 means that the words are the same. */
  distance: number;
}

interface FoldedChapter {
  folded: string;
  passages: { passage: Passage; from: number; to: number }[];
}

/** The chapters of one work in the folded space, passage after passage. */
export class QuotedChapters {
  readonly #chapters = new Map<string, FoldedChapter>();
  readonly #chapterOf = new Map<string, FoldedChapter>();

  /** In the order of the book. */
  add(passage: Passage): void {
    const chapter = this.#chapters.get(passage.chapterId) ?? { folded: '', passages: [] };
    const from = chapter.folded.length;
    chapter.folded += foldText(passage.text);
    chapter.passages.push({ passage, from, to: chapter.folded.length });
    this.#chapters.set(passage.chapterId, chapter);
    this.#chapterOf.set(passage.id, chapter);
  }

  all(): Iterable<FoldedChapter> {
    return this.#chapters.values();
  }

  of(passageId: string): FoldedChapter | undefined {
    return this.#chapterOf.get(passageId);
  }
}

/**
 * Finds where words stand in the library, in the folded space: chapter by chapter for the exact
 * words, so that a quotation may run from one passage into the next; by edit distance within the
 * given candidates for words that are nearly right.
 */
export class QuotationIndex {
  readonly #works = new Map<string, QuotedChapters>();

  put(workId: string, passages: readonly Passage[]): void {
    const chapters = new QuotedChapters();
    for (const passage of passages) chapters.add(passage);
    this.place(workId, chapters);
  }

  /** The same with what is folded already. */
  place(workId: string, chapters: QuotedChapters): void {
    this.#works.set(workId, chapters);
  }

  remove(workId: string): void {
    this.#works.delete(workId);
  }

  #chapterOf(passageId: string): FoldedChapter | undefined {
    for (const chapters of this.#works.values()) {
      const chapter = chapters.of(passageId);
      if (chapter) return chapter;
    }
    return undefined;
  }

  findExact(words: string): QuotationMatch | undefined {
    const needle = foldText(words);
    if (!needle) return undefined;
    for (const chapters of this.#works.values()) {
      for (const chapter of chapters.all()) {
        const at = chapter.folded.indexOf(needle);
        if (at >= 0) return locate(chapter, at, at + needle.length, 0);
      }
    }
    return undefined;
  }

  /** The nearest run of words around the candidate passages, if at most `maxDistance` away. */
  findNearest(
    words: string,
    candidates: readonly string[],
    maxDistance: number,
  ): QuotationMatch | undefined {
    const needle = foldText(words);
    let best: QuotationMatch | undefined;
    for (const id of candidates) {
      const chapter = this.#chapterOf(id);
      const member = chapter?.passages.find(({ passage }) => passage.id === id);
      if (!chapter || !member) continue;
      const from = Math.max(0, member.from - needle.length);
      const to = member.to + needle.length;
      const hit = nearestRun(needle, chapter.folded.slice(from, to));
      if (hit.distance <= maxDistance && hit.distance < (best?.distance ?? Infinity)) {
        best = locate(chapter, from + hit.start, from + hit.end, hit.distance);
      }
    }
    return best;
  }
}

function locate(
  chapter: FoldedChapter,
  start: number,
  end: number,
  distance: number,
): QuotationMatch | undefined {
  let home: Passage | undefined;
  let found = '';
  for (const { passage, from, to } of chapter.passages) {
    if (to <= start || from >= end) continue;
    home ??= passage;
    const text = foldWithOffsets(passage.text);
    // Where the run goes on into the next passage, so does the punctuation between the two.
    const first = start < from ? 0 : text.starts[start - from];
    const last = end > to ? passage.text.length : text.ends[end - from - 1];
    found += passage.text.slice(first, last);
  }
  return home && { passage: home, found, distance };
}

interface Run {
  start: number;
  end: number;
  distance: number;
}

/**
 * Where in `text` the run with the smallest edit distance to `needle` lies (P. H. Sellers 1980,
 * «The theory and computation of evolutionary distances»: a run may begin anywhere for free). Of
 * several the one nearest in length, so that a wrong last character does not shorten it.
 */
export function nearestRun(needle: string, text: string): Run {
  const size = needle.length;
  let distances = Int32Array.from({ length: size + 1 }, (_, row) => row);
  let starts = new Int32Array(size + 1);
  let nextDistances = new Int32Array(size + 1);
  let nextStarts = new Int32Array(size + 1);
  let best: Run = { start: 0, end: 0, distance: size };
  for (let column = 1; column <= text.length; column += 1) {
    nextStarts[0] = column;
    const character = text[column - 1];
    for (let row = 1; row <= size; row += 1) {
      const substitution = (distances[row - 1] ?? 0) + (needle[row - 1] === character ? 0 : 1);
      const deletion = (nextDistances[row - 1] ?? 0) + 1;
      const insertion = (distances[row] ?? 0) + 1;
      const distance = Math.min(substitution, deletion, insertion);
      nextDistances[row] = distance;
      if (distance === substitution) nextStarts[row] = starts[row - 1] ?? 0;
      else if (distance === insertion) nextStarts[row] = starts[row] ?? 0;
      else nextStarts[row] = nextStarts[row - 1] ?? 0;
    }
    [distances, nextDistances] = [nextDistances, distances];
    [starts, nextStarts] = [nextStarts, starts];
    const run = { start: starts[size] ?? 0, end: column, distance: distances[size] ?? 0 };
    if (isNearer(run, best, size)) best = run;
  }
  return best;
}

function isNearer(a: Run, b: Run, length: number): boolean {
  if (a.distance !== b.distance) return a.distance < b.distance;
  return Math.abs(a.end - a.start - length) < Math.abs(b.end - b.start - length);
}
