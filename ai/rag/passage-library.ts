import type { Passage } from '../passage.ts';
import { LexicalIndex } from './lexical-index.ts';
import { QuotationIndex } from './quotation-index.ts';

export interface LibraryWork {
  id: string;
  aliases: readonly string[];
  /** In the order of the book. */
  passages: readonly Passage[];
}

/**
 * The published passages as this process holds them: by id, for lexical retrieval and for finding
 * quotations. A work enters and leaves as a whole; what is not in here is not found by anybody,
 * whatever vectors may still lie about.
 */
export class PassageLibrary {
  readonly lexical = new LexicalIndex();
  readonly quotations = new QuotationIndex();
  readonly #works = new Map<string, LibraryWork>();
  readonly #passages = new Map<string, Passage>();

  put(work: LibraryWork): void {
    this.remove(work.id);
    this.#works.set(work.id, work);
    for (const passage of work.passages) this.#passages.set(passage.id, passage);
    this.lexical.put(work.id, work.passages, work.aliases);
    this.quotations.put(work.id, work.passages);
  }

  remove(workId: string): void {
    const work = this.#works.get(workId);
    if (!work) return;
    this.#works.delete(workId);
    for (const passage of work.passages) this.#passages.delete(passage.id);
    this.lexical.remove(workId);
    this.quotations.remove(workId);
  }

  passage(id: string): Passage | undefined {
    return this.#passages.get(id);
  }

  get workIds(): string[] {
    return [...this.#works.keys()];
  }

  get passageCount(): number {
    return this.#passages.size;
  }
}
