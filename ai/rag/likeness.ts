import { setImmediate as breathe } from 'node:timers/promises';
import { type GramTable, sumOfGrams } from './embeddings/gram-table.ts';
import type { EmbeddingModel } from './embeddings/model-file.ts';
import { foldText } from './folding.ts';
import type { FoldedPassage } from './shelf.ts';

/** How alike a question and each passage are, -1 to 1. */
export type LikenessTo = (passage: FoldedPassage) => number;

/** Vectors of that many passages are kept: some 8 KB each where it has a reading, 1 KB where not. */
const KEPT_PASSAGES = 8_000;
/** Some milliseconds' worth. */
const PASSAGES_A_TURN = 20;

/**
 * Compares questions with passages by the local model, in this process: with the words of the passage
 * as something classical, and with each thing that is said of it in the words of today as another
 * question. The most alike of them counts, since a learner asks for one thing and not for all.
 */
export class Likeness {
  readonly #model: EmbeddingModel;
  /** In the order in which they were computed. A passage that changes is another object. */
  readonly #kept = new Map<FoldedPassage, readonly Float32Array[]>();
  #preparing: Promise<void> = Promise.resolve();

  constructor(model: EmbeddingModel) {
    this.#model = model;
  }

  to(question: string): LikenessTo {
    const asked = unitVector(this.#model.questions, foldText(question));
    return (passage) =>
      this.#vectorsOf(passage).reduce((most, vector) => Math.max(most, dot(asked, vector)), -1);
  }

  /**
   * Computes ahead what questions will need, between other work, as far as there is room: whoever asks
   * first waits no longer than the others.
   */
  prepare(passages: readonly FoldedPassage[]): Promise<void> {
    this.#preparing = this.#preparing.then(async () => {
      for (const [n, passage] of passages.entries()) {
        if (this.#kept.size >= KEPT_PASSAGES) return;
        if (n % PASSAGES_A_TURN === 0) await breathe();
        this.#vectorsOf(passage);
      }
    });
    return this.#preparing;
  }

  #vectorsOf(passage: FoldedPassage): readonly Float32Array[] {
    const known = this.#kept.get(passage);
    if (known) return known;
    const { questions, passages } = this.#model;
    const vectors = [
      unitVector(passages, passage.text),
      ...passage.reading.split(' ').map((said) => unitVector(questions, said)),
    ];
    this.#kept.set(passage, vectors);
    const [oldest] = this.#kept.size > KEPT_PASSAGES ? this.#kept.keys() : [];
    if (oldest) this.#kept.delete(oldest);
    return vectors;
  }
}

/** All zeros, which is like nothing, for a text of unknown characters. */
function unitVector(table: GramTable, text: string): Float32Array {
  const sums = sumOfGrams(table, text);
  const length = Math.sqrt(dot(sums, sums)) || 1;
  for (let axis = 0; axis < sums.length; axis += 1) sums[axis] = (sums[axis] ?? 0) / length;
  return sums;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let axis = 0; axis < a.length; axis += 1) sum += (a[axis] ?? 0) * (b[axis] ?? 0);
  return sum;
}
