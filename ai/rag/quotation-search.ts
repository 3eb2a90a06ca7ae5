import { foldText } from './folding.ts';
import type { QuotationIndex, QuotationMatch } from './quotation-index.ts';

/** What was left out. */
const OMISSION = /…+|⋯+|\.{3,}|。{3,}/u;
const OMITTED = '……';
const MARKS_AT_THE_END = /[^\p{L}\p{N}]*$/u;
/** Shorter fragments stand in many places, and count where the rest of the quotation stands. */
const FEWEST_CHARACTERS_ALONE = 4;
/** More of them are not words left out, but dots between words. */
const MOST_FRAGMENTS = 8;
/** Aligning costs as much as both sides are long, so a longer quotation is aligned part by part. */
const MOST_CHARACTERS_ALIGNED = 200;

/**
 * Where a quotation comes from: the very words, fragments of a source joined by ellipses, or the
 * nearest words that are nearer than chance explains.
 */
export function findQuotation(words: string, index: QuotationIndex): QuotationMatch | undefined {
  const exact = index.findExact(words);
  if (exact) return exact;
  const fragments = findFragments(words, index);
  if (fragments?.distance === 0) return fragments;
  const whole = findNearest(words, index);
  return whole && fragments && fragments.distance < whole.distance
    ? fragments
    : (whole ?? fragments);
}

/** Every fragment: the longest wherever it stands, the others as near to it as they do. */
function findFragments(words: string, index: QuotationIndex): QuotationMatch | undefined {
  const fragments = words.split(OMISSION).filter((fragment) => foldText(fragment) !== '');
  if (fragments.length < 2 || fragments.length > MOST_FRAGMENTS) return undefined;
  const longest = fragments.reduce((a, b) => (b.length > a.length ? b : a));
  const home = findAlone(longest, index);
  if (!home) return undefined;
  const { workId, chapterId } = home.passage;
  const match = (fragment: string) =>
    fragment === longest
      ? home
      : (index.findExact(fragment, { workId, chapterId }) ?? findAlone(fragment, index, workId));
  return joined(fragments, match, () => OMITTED);
}

function findAlone(
  fragment: string,
  index: QuotationIndex,
  workId?: string,
): QuotationMatch | undefined {
  if (foldText(fragment).length < FEWEST_CHARACTERS_ALONE) return undefined;
  const inWork = workId === undefined ? undefined : index.findExact(fragment, { workId });
  return inWork ?? index.findExact(fragment) ?? findNearest(fragment, index);
}

function findNearest(words: string, index: QuotationIndex): QuotationMatch | undefined {
  const count = Math.ceil(words.length / MOST_CHARACTERS_ALIGNED);
  if (count <= 1) return index.findNearest(words);
  const size = Math.ceil(words.length / count);
  const parts = words.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
  const match = (part: string) => index.findExact(part) ?? index.findNearest(part);
  return joined(parts, match, (part) => MARKS_AT_THE_END.exec(part)?.[0] ?? '');
}

/** One match for all parts, if none is missing, with what stands between each and the next. */
function joined(
  parts: readonly string[],
  match: (part: string) => QuotationMatch | undefined,
  after: (part: string) => string,
): QuotationMatch | undefined {
  let whole: QuotationMatch | undefined;
  let between = '';
  for (const part of parts) {
    const next = match(part);
    if (!next) return undefined;
    const { passage, found, distance } = whole ?? { ...next, found: '', distance: 0 };
    whole = {
      passage,
      found: found + between + next.found,
      distance: distance + next.distance,
    };
    between = after(part);
  }
  return whole;
}
