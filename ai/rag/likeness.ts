import { setImmediate as breathe } from 'node:timers/promises';
import { sumOfGrams } from './embeddings/gram-table.ts';
import type { EmbeddingModel } from './embeddings/model-file.ts';
import { foldText } from './folding.ts';
import type { FoldedPassage } from './shelf.ts';

/** How alike a question and each passage are, -1 to 1. */
export type LikenessTo = (passage: FoldedPassage) => number;

/** Vectors of that many passages are kept: some 9 KB each where it has a reading, 2 KB where not. */
const KEPT_PASSAGES = 8_000;
/** Some milliseconds' worth. */
const PASSAGES_A_TURN = 20;

/**
 * Compares questions with passages by the local model, in this process: with the words of the passage
 * as something classical, with them and its names, since some ask for what a work or an author says of
 * something, and with each thing that is said of it in the words of today as another question. The most
 * alike of them counts, since a learner asks for one thing and not for all.
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
    const asked = unitVector(sumOfGrams(this.#model.questions, foldText(question)));
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
    const { text, names, reading } = passage;
    const words = sumOfGrams(passages, text);
    const named = text === '' ? words : sumOf(words, sumOfGrams(passages, names));
    const vectors = [
      ...[words, named].map(unitVector),
      ...reading.split(' ').map((said) => unitVector(sumOfGrams(questions, said))),
    ];
    this.#kept.set(passage, vectors);
    const [oldest] = this.#kept.size > KEPT_PASSAGES ? this.#kept.keys() : [];
    if (oldest) this.#kept.delete(oldest);
    return vectors;
  }
}

/** All zeros, which is like nothing, for a text of unknown characters. */
function unitVector(sums: Float32Array): Float32Array {
  const length = Math.sqrt(dot(sums, sums)) || 1;
  return sums.map((sum) => sum / length);
}

function sumOf(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((component, axis) => component + (b[axis] ?? 0));
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let axis = 0; axis < a.length; axis += 1) sum += (a[axis] ?? 0) * (b[axis] ?? 0);
  return sum;
}
