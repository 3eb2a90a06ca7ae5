import type { Passage } from '../passage.ts';
import { LexicalSegment } from './lexical-segment.ts';
import { FIELDS, type Field, fieldTerms, fieldTexts, mapFields } from './passage-fields.ts';

export interface LexicalHit {
  id: string;
  score: number;
}

/** A term of the question and how much it counts. */
export type WeightedTerms = ReadonlyMap<string, number>;

export const K1 = 1.2;

const MOST_KEPT_FREQUENCIES = 50_000;

/**
 * How much a word counts in each field, and how much less in a long one (`b` of BM25). A translation
 * says the text once more, at length.
 */
export const FIELD_SETTINGS: Readonly<Record<Field, { weight: number; b: number }>> = {
  text: { weight: 1, b: 0.75 },
  translation: { weight: 0.5, b: 0.75 },
  gist: { weight: 1, b: 0.5 },
  themes: { weight: 1, b: 0.5 },
  names: { weight: 1, b: 0.3 },
};

/**
 * BM25F (Robertson & Zaragoza 2009, «The Probabilistic Relevance Framework: BM25 and Beyond», 3.6)
 * over character uni- and bigrams: how often a term occurs is added up over the fields of a passage
 * before it saturates, so that a word that stands in the text, its translation and its themes does
 * not count three times.
 */
export class LexicalIndex {
  readonly #segments = new Map<string, readonly LexicalSegment[]>();
  #documentCount = 0;
  readonly #totals = mapFields(() => ({ length: 0, documents: 0 }));
  /** By term, as long as no work comes or goes: every stage of a search asks for the same ones. */
  readonly #frequencies = new Map<string, number>();

  /** Adds the passages of a work, or replaces them. */
  put(workId: string, passages: readonly Passage[], aliases: readonly string[]): void {
    const documents = passages.map((passage) => ({
      id: passage.id,
      terms: fieldTerms(fieldTexts(passage, aliases)),
    }));
    this.place(workId, [LexicalSegment.of(documents)]);
  }

  /** The same with what is indexed already. */
  place(workId: string, segments: readonly LexicalSegment[]): void {
    this.remove(workId);
    this.#segments.set(workId, segments);
    this.#count(segments, 1);
  }

  remove(workId: string): void {
    this.#count(this.#segments.get(workId) ?? [], -1);
    this.#segments.delete(workId);
  }

  #count(segments: readonly LexicalSegment[], sign: 1 | -1): void {
    this.#frequencies.clear();
    for (const { ids, fields } of segments) {
      this.#documentCount += sign * ids.length;
      for (const field of FIELDS) {
        this.#totals[field].length += sign * fields[field].totalLength;
        this.#totals[field].documents += sign * fields[field].filled;
      }
    }
  }

  /** How rare a term is in the field where it is commonest. */
  inverseDocumentFrequency(term: string): number {
    const frequency = this.#frequencies.get(term) ?? this.#documentFrequency(term);
    if (this.#frequencies.size > MOST_KEPT_FREQUENCIES) this.#frequencies.clear();
    this.#frequencies.set(term, frequency);
    return Math.log(1 + (this.#documentCount - frequency + 0.5) / (frequency + 0.5));
  }

  #documentFrequency(term: string): number {
    const frequencies = mapFields(() => 0);
    for (const segments of this.#segments.values()) {
      for (const { fields } of segments) {
        for (const field of FIELDS) frequencies[field] += fields[field].documentFrequency(term);
      }
    }
    return Math.max(...Object.values(frequencies));
  }

  /** The best `limit` passages, best first; of one work when `workId` is given. */
  search(terms: WeightedTerms, limit: number, workId?: string): LexicalHit[] {
    const averages = mapFields((field) => {
      const { length, documents } = this.#totals[field];
      return Math.max(1, length) / Math.max(1, documents);
    });
    const weights = [...terms].map(
      ([term, weight]) => [term, weight * this.inverseDocumentFrequency(term)] as const,
    );
    const scored: { segment: LexicalSegment; scores: Float32Array }[] = [];
    for (const [id, segments] of this.#segments) {
      if (workId !== undefined && id !== workId) continue;
      for (const segment of segments) {
        scored.push({ segment, scores: scoresIn(segment, weights, averages) });
      }
    }
    const least = leastOfBest(
      scored.map(({ scores }) => scores),
      limit,
    );
    const hits: LexicalHit[] = [];
    for (const { segment, scores } of scored) {
      scores.forEach((score, document) => {
        if (score > 0 && score >= least) hits.push({ id: segment.ids[document] ?? '', score });
      });
    }
    return hits.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit);
  }
}

/** The score of the last of the best `limit`; numbers alone sort much faster than what they belong to. */
function leastOfBest(lists: readonly Float32Array[], limit: number): number {
  const all = new Float32Array(lists.reduce((sum, scores) => sum + scores.length, 0));
  let size = 0;
  for (const scores of lists) {
    for (const score of scores) if (score > 0) all[size++] = score;
  }
  return size <= limit ? 0 : (all.subarray(0, size).sort()[size - limit] ?? 0);
}

/** By the number of the document; 0 for one without any of the terms. */
function scoresIn(
  { ids, fields }: LexicalSegment,
  weights: (readonly [string, number])[],
  averages: Readonly<Record<Field, number>>,
): Float32Array {
  const scores = new Float32Array(ids.length);
  const frequencies = new Float32Array(ids.length);
  const touched: number[] = [];
  for (const [term, weight] of weights) {
    for (const field of FIELDS) {
      const { lengths } = fields[field];
      const settings = FIELD_SETTINGS[field];
      fields[field].forEach(term, (document, times) => {
        const length = (lengths[document] ?? 0) / averages[field];
        const before = frequencies[document] ?? 0;
        if (before === 0) touched.push(document);
        frequencies[document] =
          before + (settings.weight * times) / (1 - settings.b + settings.b * length);
      });
    }
    for (const document of touched) {
      const frequency = frequencies[document] ?? 0;
      const saturated = (frequency * (K1 + 1)) / (frequency + K1);
      scores[document] = (scores[document] ?? 0) + weight * saturated;
      frequencies[document] = 0;
    }
    touched.length = 0;
  }
  return scores;
}
