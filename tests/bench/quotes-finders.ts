import { checkQuote } from '../../ai/quotes.ts';
import { foldText } from '../../ai/rag/folding.ts';
import { PassageLibrary } from '../../ai/rag/passage-library.ts';
import { QuotationIndex } from '../../ai/rag/quotation-index.ts';
import type { LibraryTexts } from './quotes-library.ts';

/** A way to find quotations. */
export interface Finder {
  name: string;
  /** The id of the passage where a quotation begins, if it is known. */
  find(quote: string): string | undefined;
  buildMs: number;
  bytes: number;
}

/** Beyond this share of different characters a scan takes a quotation for another sentence. */
const MOST_DIFFERENT = 0.25;

/** What the program does. */
export function quotationIndex({ works }: LibraryTexts): Finder {
  const library = new PassageLibrary();
  for (const { id, passages } of works) library.put({ id, aliases: [], passages });
  // Once more by itself: a library also holds what retrieval needs.
  const began = performance.now();
  const index = new QuotationIndex();
  for (const { id, passages } of works) index.put(id, passages);
  const buildMs = performance.now() - began;
  const find = (quote: string) => checkQuote(quote, library).passage?.id;
  return { name: 'this program', find, buildMs, bytes: index.bytes };
}

/** `includes` over texts without their punctuation, as first attempts do it. */
export function plainIncludes(library: LibraryTexts): Finder {
  const bare = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
  const { chapters, ...cost } = readChapters(library, bare);
  const find = (quote: string) => {
    const needle = bare(quote);
    for (const chapter of chapters) {
      if (chapter.text.includes(needle)) return passageAt(chapter, chapter.text.indexOf(needle));
    }
    return undefined;
  };
  return { name: '`includes`', find, ...cost };
}

/**
 * The run with the smallest Levenshtein distance in any chapter, over the same folded texts as ours,
 * and the nearest of all of them if at most one character in four differs.
 */
export function levenshteinScan(library: LibraryTexts): Finder {
  const { chapters, ...cost } = readChapters(library, foldText);
  const find = (quote: string) => {
    const needle = foldText(quote);
    let distance = Math.floor(needle.length * MOST_DIFFERENT) + 1;
    let found: string | undefined;
    for (const chapter of chapters) {
      const run = nearestRun(needle, chapter.text);
      if (run.distance >= distance) continue;
      distance = run.distance;
      found = passageAt(chapter, run.end - 1);
    }
    return found;
  };
  return { name: 'Levenshtein scan', find, ...cost };
}

interface ChapterText {
  text: string;
  starts: { id: string; from: number }[];
}

function readChapters({ works }: LibraryTexts, bare: (text: string) => string) {
  const began = performance.now();
  const chapters = new Map<string, ChapterText>();
  for (const { id, chapterId, text } of works.flatMap(({ passages }) => passages)) {
    const chapter = chapters.get(chapterId) ?? { text: '', starts: [] };
    chapter.starts.push({ id, from: chapter.text.length });
    chapter.text += bare(text);
    chapters.set(chapterId, chapter);
  }
  const all = [...chapters.values()];
  const bytes = all.reduce((sum, { text }) => sum + 2 * text.length, 0);
  return { chapters: all, buildMs: performance.now() - began, bytes };
}

function passageAt({ starts }: ChapterText, position: number): string | undefined {
  return starts.findLast(({ from }) => from <= position)?.id;
}

/** P. H. Sellers 1980: a run may begin anywhere for free. */
function nearestRun(needle: string, text: string): { end: number; distance: number } {
  const column = Int32Array.from({ length: needle.length + 1 }, (_, row) => row);
  let best = { end: 0, distance: needle.length };
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    let diagonal = 0;
    for (let row = 1; row <= needle.length; row += 1) {
      const left = column[row] ?? 0;
      const changed = diagonal + (needle.charCodeAt(row - 1) === unit ? 0 : 1);
      column[row] = Math.min(changed, left + 1, (column[row - 1] ?? 0) + 1);
      diagonal = left;
    }
    const distance = column[needle.length] ?? 0;
    if (distance < best.distance) best = { end: at + 1, distance };
  }
  return best;
}
