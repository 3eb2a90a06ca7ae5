const FIRST_CAPACITY = 1_024;
const MOST_COUNTED = 255;

/**
 * Documents on their way into postings: adding one costs as much as reading it, so that a large work
 * can be indexed a slice at a time.
 */
export class PostingsBuilder {
  /** How many terms each document has. */
  readonly lengths: number[] = [];
  /** The number of each term, and in how many documents it occurs. */
  readonly terms = new Map<string, number>();
  readonly counts: number[] = [];
  /** Document after document, the number of each of its terms and how often it occurs. */
  termNumbers = new Uint32Array(FIRST_CAPACITY);
  frequencies = new Uint8Array(FIRST_CAPACITY);
  /** Where the postings of a document begin. */
  readonly starts: number[] = [0];
  #size = 0;

  add(terms: readonly string[]): void {
    this.lengths.push(terms.length);
    const frequencies = new Map<string, number>();
    for (const term of terms) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
    while (this.#size + frequencies.size > this.termNumbers.length) this.#grow();
    for (const [term, frequency] of frequencies) {
      const number = this.#numberOf(term);
      this.counts[number] = (this.counts[number] ?? 0) + 1;
      this.termNumbers[this.#size] = number;
      this.frequencies[this.#size] = Math.min(MOST_COUNTED, frequency);
      this.#size += 1;
    }
    this.starts.push(this.#size);
  }

  #numberOf(term: string): number {
    const known = this.terms.get(term);
    if (known !== undefined) return known;
    this.terms.set(term, this.counts.length);
    this.counts.push(0);
    return this.counts.length - 1;
  }

  #grow(): void {
    const termNumbers = new Uint32Array(this.termNumbers.length * 2);
    const frequencies = new Uint8Array(this.frequencies.length * 2);
    termNumbers.set(this.termNumbers);
    frequencies.set(this.frequencies);
    this.termNumbers = termNumbers;
    this.frequencies = frequencies;
  }
}

/**
 * Which documents hold a term, and how often, in one field. The postings of a term are a slice of two
 * typed arrays, which keeps half a million characters in a few megabytes. Documents are numbered in
 * the order in which they were added.
 */
export class Postings {
  readonly lengths: Float32Array;
  readonly totalLength: number;
  /** How many documents have anything in this field. */
  readonly filled: number;
  readonly #terms: ReadonlyMap<string, number>;
  readonly #starts: Uint32Array;
  readonly #documents: Uint16Array | Uint32Array;
  readonly #frequencies: Uint8Array;

  constructor(built: PostingsBuilder) {
    this.lengths = Float32Array.from(built.lengths);
    this.totalLength = this.lengths.reduce((sum, length) => sum + length, 0);
    this.filled = this.lengths.filter((length) => length > 0).length;
    this.#terms = built.terms;
    this.#starts = new Uint32Array(built.counts.length + 1);
    built.counts.forEach((count, term) => {
      this.#starts[term + 1] = (this.#starts[term] ?? 0) + count;
    });
    const size = this.#starts[built.counts.length] ?? 0;
    // As many as a segment has at most, unless a whole work is put in at once.
    const fits = built.lengths.length <= 2 ** 16;
    this.#documents = fits ? new Uint16Array(size) : new Uint32Array(size);
    this.#frequencies = new Uint8Array(size);
    this.#fill(built);
  }

  #fill({ lengths, starts, termNumbers, frequencies }: PostingsBuilder): void {
    const next = this.#starts.slice();
    for (let document = 0; document < lengths.length; document += 1) {
      const end = starts[document + 1] ?? 0;
      for (let from = starts[document] ?? 0; from < end; from += 1) {
        const number = termNumbers[from] ?? 0;
        const at = next[number] ?? 0;
        this.#documents[at] = document;
        this.#frequencies[at] = frequencies[from] ?? 0;
        next[number] = at + 1;
      }
    }
  }

  documentFrequency(term: string): number {
    const number = this.#terms.get(term);
    return number === undefined ? 0 : (this.#starts[number + 1] ?? 0) - (this.#starts[number] ?? 0);
  }

  forEach(term: string, visit: (document: number, frequency: number) => void): void {
    const number = this.#terms.get(term);
    if (number === undefined) return;
    const end = this.#starts[number + 1] ?? 0;
    for (let at = this.#starts[number] ?? 0; at < end; at += 1) {
      visit(this.#documents[at] ?? 0, this.#frequencies[at] ?? 0);
    }
  }
}
