import { setImmediate as breathe } from 'node:timers/promises';
import { Embeddings } from '@langchain/core/embeddings';

export interface GramWeights {
  /** Becomes part of the model name: other weights are another space. */
  name: string;
  /** Inverse document frequency or the like; anything but a positive number drops the gram. */
  weight(gram: string): number;
}

export interface NgramEmbeddingsOptions {
  dimension?: number;
  /** Texts are expected folded; who has raw ones hands the fold in. */
  fold?: (text: string) => string;
  idf?: GramWeights;
}

const CODE_POINTS = 0x110000;
/** Single characters say less than pairs, and there are as many of them. */
const UNIGRAM_WEIGHT = 0.5;
const TEXTS_A_TURN = 200;
const PRECISION = 1e6;

/**
 * Embeddings without a model: characters and pairs of adjacent characters are hashed, each with a
 * sign, into `dimension` buckets, which keeps inner products on average (feature hashing). Classical
 * words are one or two characters long, so texts that share words lie close.
 *
 * Deterministic on every machine. A text without characters has the zero vector, which is similar to
 * nothing. Components are rounded to six digits, which halves what travels to the database.
 */
export class NgramEmbeddings extends Embeddings {
  readonly modelName: string;
  readonly dimension: number;
  private readonly fold: (text: string) => string;
  private readonly idf: GramWeights | undefined;

  constructor({ dimension = 384, fold = (text) => text, idf }: NgramEmbeddingsOptions = {}) {
    super({});
    if (!Number.isInteger(dimension) || dimension < 1) {
      throw new RangeError(`the dimension of a vector cannot be ${dimension}`);
    }
    this.modelName = idf ? `ngram-v1-${idf.name}` : 'ngram-v1';
    this.dimension = dimension;
    this.fold = fold;
    this.idf = idf;
  }

  override async embedDocuments(documents: string[]): Promise<number[][]> {
    const vectors: number[][] = [];
    for (const [index, document] of documents.entries()) {
      if (index > 0 && index % TEXTS_A_TURN === 0) await breathe();
      vectors.push(this.embed(document));
    }
    return vectors;
  }

  override async embedQuery(document: string): Promise<number[]> {
    return this.embed(document);
  }

  private embed(text: string): number[] {
    const sums = new Float64Array(this.dimension);
    for (const [gram, count] of countGrams(this.fold(text))) {
      const hash = hashGram(gram);
      const bucket = (hash >>> 1) % this.dimension;
      const weight = (1 + Math.log(count)) * this.weightOf(gram);
      sums[bucket] = (sums[bucket] ?? 0) + (hash & 1 ? weight : -weight);
    }
    return normalise(sums);
  }

  private weightOf(gram: number): number {
    const own = gram < CODE_POINTS ? UNIGRAM_WEIGHT : 1;
    if (!this.idf) return own;
    const idf = this.idf.weight(spell(gram));
    return Number.isFinite(idf) && idf > 0 ? own * idf : 0;
  }
}

/** A gram as a number: a code point, or two as the digits of a number to the base CODE_POINTS. */
function countGrams(text: string): Map<number, number> {
  const counts = new Map<number, number>();
  let previous = 0;
  for (let index = 0; index < text.length; ) {
    const character = text.codePointAt(index) ?? 0;
    index += character > 0xffff ? 2 : 1;
    counts.set(character, (counts.get(character) ?? 0) + 1);
    if (previous > 0) {
      const pair = previous * CODE_POINTS + character;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    previous = character;
  }
  return counts;
}

function spell(gram: number): string {
  const last = String.fromCodePoint(gram % CODE_POINTS);
  return gram < CODE_POINTS ? last : String.fromCodePoint(Math.floor(gram / CODE_POINTS)) + last;
}

/** The finaliser of MurmurHash3 over both digits; every bit of the result depends on every bit. */
function hashGram(gram: number): number {
  return scramble(scramble(Math.floor(gram / CODE_POINTS) + 1) ^ (gram % CODE_POINTS));
}

function scramble(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function normalise(sums: Float64Array): number[] {
  let squares = 0;
  for (const sum of sums) squares += sum * sum;
  if (!(squares > 0 && Number.isFinite(squares))) return Array<number>(sums.length).fill(0);
  const scale = PRECISION / Math.sqrt(squares);
  // Adding 0 turns -0 into 0.
  return Array.from(sums, (sum) => Math.round(sum * scale) / PRECISION + 0);
}
