/** What digital editions put where a character is missing or could not be encoded. */
const LACUNA = /[□●■▢〓\uFFFD]/gu;

/**
 * 1 for a whole text, less for each character that is missing: a damaged passage is a poor witness,
 * so a whole one that says as much stands before it. It still can be found and read.
 */
export function legibility(text: string): number {
  const lacunae = text.match(LACUNA)?.length ?? 0;
  return 1 / (1 + lacunae);
}
