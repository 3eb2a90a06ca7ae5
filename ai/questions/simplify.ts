import { foldCodePoint } from '../rag/folding.ts';

/** In simplified characters, punctuation as it was: so that rules are written once. */
export function simplify(text: string): string {
  return text.replaceAll(/\p{Script=Han}/gu, (character) => foldCodePoint(character) || character);
}
