/** A document as the index takes it: its id and its terms with how often each occurs. */
export interface LexicalDocument {
  id: string;
  terms: Map<string, number>;
  /** What length normalisation counts: the words of the text, without the names indexed beside it. */
  length: number;
}

/**
 * The immutable inverted index of one work. Postings of a term are a slice of two typed arrays,
 * which keeps half a million characters in a few megabytes; statistics are added up over segments
 * at query time, so a work comes and goes without touching the others.
 */
export class LexicalSegment {
  readonly ids: readonly string[];
  readonly lengths: Float32Array;
  readonly totalLength: number;
  readonly #terms = new Map<string, number>();
  readonly #starts: Uint32Array;
  readonly #documents: Uint32Array;
  readonly #frequencies: Uint8Array;

  constructor(documents: readonly LexicalDocument[]) {
    this.ids = documents.map((document) => document.id);
    this.lengths = Float32Array.from(documents, (document) => document.length);
    this.totalLength = this.lengths.reduce((sum, length) => sum + length, 0);
    const counts = this.#countPostings(documents);
    this.#starts = new Uint32Array(counts.length + 1);
    counts.forEach((count, term) => {
      this.#starts[term + 1] = (this.#starts[term] ?? 0) + count;
    });
    const size = this.#starts[counts.length] ?? 0;
    this.#documents = new Uint32Array(size);
    this.#frequencies = new Uint8Array(size);
    this.#fillPostings(documents);
  }

  #countPostings(documents: readonly LexicalDocument[]): number[] {
    const counts: number[] = [];
    for (const document of documents) {
      for (const term of document.terms.keys()) {
        let number = this.#terms.get(term);
        if (number === undefined) {
          number = counts.length;
          this.#terms.set(term, number);
          counts.push(0);
        }
        counts[number] = (counts[number] ?? 0) + 1;
      }
    }
    return counts;
  }

  #fillPostings(documents: readonly LexicalDocument[]): void {
    const next = this.#starts.slice();
    documents.forEach((document, index) => {
      for (const [term, frequency] of document.terms) {
        const number = this.#terms.get(term) ?? 0;
        const at = next[number] ?? 0;
        this.#documents[at] = index;
        this.#frequencies[at] = Math.min(255, frequency);
        next[number] = at + 1;
      }
    });
  }

  documentFrequency(term: string): number {
    const number = this.#terms.get(term);
    return number === undefined ? 0 : (this.#starts[number + 1] ?? 0) - (this.#starts[number] ?? 0);
  }

  forEachPosting(term: string, visit: (document: number, frequency: number) => void): void {
    const number = this.#terms.get(term);
    if (number === undefined) return;
    const end = this.#starts[number + 1] ?? 0;
    for (let at = this.#starts[number] ?? 0; at < end; at += 1) {
      visit(this.#documents[at] ?? 0, this.#frequencies[at] ?? 0);
    }
  }
}
