import type { Passage } from '../passage.ts';
import { foldText } from '../rag/folding.ts';

/** 「子曰」 is said of a line and is none. */
const SPEAKER = /^.{0,5}[曰云]$/u;

/**
 * The line of a passage to which steps forth (1) and back (-1) lead from the given words of it;
 * undefined where the last of them leads out of it, or it holds the words nowhere.
 */
export function lineBeside(
  { text }: Passage,
  words: string,
  steps: readonly (1 | -1)[],
): string | undefined {
  const lines = text
    .split(/[^\p{Script=Han}]+/u)
    .filter((line) => line !== '' && !SPEAKER.test(line));
  const folded = lines.map(foldText);
  const at = folded.join('').indexOf(words);
  if (at < 0) return undefined;
  const edge = (steps[0] ?? 1) > 0 ? at + words.length - 1 : at;
  let end = 0;
  const standing = folded.findIndex((line) => {
    end += line.length;
    return edge < end;
  });
  // Who is told that there is no next line still stands at the last one.
  const within = (place: number) => Math.min(Math.max(place, 0), lines.length - 1);
  const before = steps.slice(0, -1).reduce((place: number, step) => within(place + step), standing);
  return lines[before + (steps.at(-1) ?? 0)];
}
