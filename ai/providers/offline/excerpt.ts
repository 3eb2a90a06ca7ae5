import type { Fold } from './gloss-passage.ts';

const LONGEST_WHOLE = 150;
const HAN = /\p{Script=Han}/gu;
/** A sentence keeps the closing quotation marks that follow its full stop. */
const SENTENCE = /[^。！？；\n]*(?:[。！？；\n]+[」』”’）]*|$)/gu;

/**
 * What to quote of a passage, always one unbroken run of it: the whole if it is short, otherwise
 * the neighbouring whole sentences that share most with the question.
 */
export function excerptOf(text: string, question: string, fold: Fold): string {
  if (countHan(text) <= LONGEST_WHOLE) return text.trim();
  const sentences = (text.match(SENTENCE) ?? []).filter((sentence) => sentence !== '');
  const wanted = pairsOf(question, fold);
  const weights = sentences.map((sentence) => overlap(pairsOf(sentence, fold), wanted));
  const { from, to } = bestRun(sentences.map(countHan), weights);
  return sentences.slice(from, to).join('').trim();
}

export function countHan(text: string): number {
  return text.match(HAN)?.length ?? 0;
}

interface Run {
  from: number;
  to: number;
  weight: number;
}

/** The heaviest run within the limit, the shortest of equals; with no overlap at all the beginning. */
function bestRun(lengths: number[], weights: number[]): Run {
  let best: Run = { from: 0, to: 0, weight: 0 };
  for (let from = 0; from < lengths.length; from += 1) {
    let length = 0;
    let weight = 0;
    for (let to = from; to < lengths.length; to += 1) {
      length += lengths[to] ?? 0;
      weight += weights[to] ?? 0;
      if (to > from && length > LONGEST_WHOLE) break;
      const fillsUp = from === 0 && best.weight === 0;
      const shorter = weight === best.weight && to + 1 - from < best.to - best.from;
      if (weight > best.weight || fillsUp || (weight > 0 && shorter)) {
        best = { from, to: to + 1, weight };
      }
    }
  }
  return best;
}

/** Characters and pairs of neighbours; a shared pair says far more than a shared character. */
function pairsOf(text: string, fold: Fold): Map<string, number> {
  const weights = new Map<string, number>();
  const characters = [...text].map(fold).filter((character) => /^\p{Script=Han}$/u.test(character));
  for (const [index, character] of characters.entries()) {
    weights.set(character, 1);
    if (index > 0) weights.set(`${characters[index - 1]}${character}`, 5);
  }
  return weights;
}

function overlap(offered: Map<string, number>, wanted: Map<string, number>): number {
  let sum = 0;
  for (const [term, weight] of offered) if (wanted.has(term)) sum += weight;
  return sum;
}
