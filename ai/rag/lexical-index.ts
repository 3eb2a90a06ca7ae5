import type { Passage } from '../passage.ts';
import { foldText } from './folding.ts';
import { type LexicalDocument, LexicalSegment } from './lexical-segment.ts';
import { termsOf } from './terms.ts';

export interface LexicalHit {
  id: string;
  score: number;
}

/** A term of the question and how much it counts. */
export type WeightedTerms = ReadonlyMap<string, number>;

/**
 * Okapi BM25 (Robertson & Zaragoza 2009, «The Probabilistic Relevance Framework») over character
 * uni- and bigrams. Names (work, chapter, author, other names) are indexed with the text, so that
 * 「李白写月亮的诗」 finds 李白, but do not count towards its length.
 */
const K1 = 1.2;
const B = 0.6;

export class LexicalIndex {
  readonly #segments = new Map<string, LexicalSegment>();
  #documentCount = 0;
  #totalLength = 0;

  /** Adds the passages of a work, or replaces them. */
  put(workId: string, passages: readonly Passage[], aliases: readonly string[]): void {
    this.remove(workId);
    const segment = new LexicalSegment(passages.map((passage) => toDocument(passage, aliases)));
    this.#segments.set(workId, segment);
    this.#documentCount += segment.ids.length;
    this.#totalLength += segment.totalLength;
  }

  remove(workId: string): void {
    const segment = this.#segments.get(workId);
    if (!segment) return;
    this.#segments.delete(workId);
    this.#documentCount -= segment.ids.length;
    this.#totalLength -= segment.totalLength;
  }

  inverseDocumentFrequency(term: string): number {
    let frequency = 0;
    for (const segment of this.#segments.values()) frequency += segment.documentFrequency(term);
    return Math.log(1 + (this.#documentCount - frequency + 0.5) / (frequency + 0.5));
  }

  /** The best `limit` passages, best first; of one work when `workId` is given. */
  search(terms: WeightedTerms, limit: number, workId?: string): LexicalHit[] {
    const averageLength = Math.max(1, this.#totalLength) / Math.max(1, this.#documentCount);
    const weights = [...terms].map(
      ([term, weight]) => [term, weight * this.inverseDocumentFrequency(term)] as const,
    );
    const hits: LexicalHit[] = [];
    for (const [id, segment] of this.#segments) {
      if (workId === undefined || id === workId) score(segment, weights, averageLength, hits);
    }
    return hits.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit);
  }
}

function score(
  segment: LexicalSegment,
  weights: (readonly [string, number])[],
  averageLength: number,
  hits: LexicalHit[],
): void {
  const scores = new Float32Array(segment.ids.length);
  for (const [term, weight] of weights) {
    segment.forEachPosting(term, (document, frequency) => {
      const length = (segment.lengths[document] ?? 0) / averageLength;
      const saturation = (frequency * (K1 + 1)) / (frequency + K1 * (1 - B + B * length));
      scores[document] = (scores[document] ?? 0) + weight * saturation;
    });
  }
  scores.forEach((value, document) => {
    if (value > 0) hits.push({ id: segment.ids[document] ?? '', score: value });
  });
}

function toDocument(passage: Passage, aliases: readonly string[]): LexicalDocument {
  const text = termsOf(foldText(passage.text));
  const terms = new Map<string, number>();
  for (const term of text) terms.set(term, (terms.get(term) ?? 0) + 1);
  const names = [passage.work, passage.chapter, passage.author, passage.dynasty, ...aliases];
  for (const name of names) {
    for (const term of termsOf(foldText(name ?? ''))) terms.set(term, (terms.get(term) ?? 0) + 1);
  }
  return { id: passage.id, terms, length: text.length };
}
