export interface TextRun {
  text: string;
  /** Whether these characters have no counterpart in the other text. */
  differs: boolean;
}

const HAN = /\p{Script=Han}/u;

/**
 * `text` in runs of characters that stand in `other` in the same order (their longest common
 * subsequence) and of those that do not. Punctuation never differs.
 */
export function differingCharacters(text: string, other: string): TextRun[] {
  const characters = [...text];
  const kept = inCommon(
    characters.filter((character) => HAN.test(character)),
    [...other].filter((character) => HAN.test(character)),
  );
  const runs: TextRun[] = [];
  let place = 0;
  for (const character of characters) {
    const differs = HAN.test(character) && !kept.has(place++);
    const last = runs.at(-1);
    if (last?.differs === differs) last.text += character;
    else runs.push({ text: character, differs });
  }
  return runs;
}

/** The places in `a` of a longest common subsequence with `b`. */
function inCommon(a: readonly string[], b: readonly string[]): Set<number> {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const lengthAt = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (!row) continue;
      row[j] =
        a[i] === b[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const kept = new Set<number>();
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      kept.add(i);
      i += 1;
      j += 1;
    } else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i += 1;
    else j += 1;
  }
  return kept;
}
