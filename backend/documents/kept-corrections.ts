import type { ChapterCorrection, Corrections } from './parsing/parsed-document.ts';

/** A correction with the first words of its chapter, by which it is known in another file. */
export interface KeptCorrection extends ChapterCorrection {
  opening?: string;
}

export interface KeptCorrections extends Corrections {
  chapters: KeptCorrection[];
  /** Of the file before this one, until it is known where they belong in this one. */
  former?: KeptCorrection[];
  /** How many of those belonged nowhere. */
  lost?: number;
}

/** What was corrected before and is corrected now; the later word counts. */
export function mergeCorrections(
  before: KeptCorrections,
  now: readonly KeptCorrection[],
): KeptCorrections {
  const byOrdinal = new Map(before.chapters.map((each) => [each.ordinal, each]));
  for (const each of now) {
    byOrdinal.set(each.ordinal, { ...byOrdinal.get(each.ordinal), ...each });
  }
  return { ...before, chapters: [...byOrdinal.values()].sort((a, b) => a.ordinal - b.ordinal) };
}

/** What was corrected in a document, for another file of it, whose chapters are counted anew. */
export function asFormer({ chapters, former = [] }: KeptCorrections): KeptCorrections {
  return { chapters: [], former: [...former, ...chapters] };
}

/** Gives former corrections to the chapters that begin with the same words, where only one does. */
export function placeFormer(
  { former = [], ...corrections }: KeptCorrections,
  found: readonly { ordinal: number; opening: string }[],
): KeptCorrections {
  const ordinals = onlyOnes(found);
  const own = onlyOnes(former);
  const placed = former.flatMap((each) => {
    const { opening = '' } = each;
    const ordinal = own.has(opening) ? ordinals.get(opening) : undefined;
    return ordinal === undefined ? [] : [{ ...each, ordinal }];
  });
  const lost = former.length - placed.length;
  return { ...mergeCorrections({ chapters: placed }, corrections.chapters), lost };
}

/** By their opening, where no two have the same. */
function onlyOnes(chapters: readonly { ordinal: number; opening?: string }[]): Map<string, number> {
  const ordinals = new Map<string, number>();
  const several = new Set<string>();
  for (const { ordinal, opening = '' } of chapters) {
    if (opening === '' || ordinals.has(opening)) several.add(opening);
    ordinals.set(opening, ordinal);
  }
  for (const opening of several) ordinals.delete(opening);
  return ordinals;
}
