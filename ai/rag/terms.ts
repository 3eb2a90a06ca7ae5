/** Runs of Latin letters and digits are one term; every other character is a term of its own. */
const UNIT = /[a-z0-9]+|[^a-z0-9]/gu;

/**
 * The terms of a folded text: each character, and each two neighbours. Classical Chinese has no
 * word boundaries worth guessing; unigrams catch its one-character words, bigrams the rest.
 */
export function termsOf(folded: string): string[] {
  const units = folded.match(UNIT) ?? [];
  const terms: string[] = [];
  for (let index = 0; index < units.length; index += 1) {
    const unit = units[index] ?? '';
    terms.push(unit);
    const next = units[index + 1];
    if (next !== undefined) terms.push(unit + next);
  }
  return terms;
}

export function isBigram(term: string): boolean {
  return !/^[a-z0-9]+$/.test(term) && [...term].length > 1;
}
