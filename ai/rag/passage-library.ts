import type { Passage } from '../passage.ts';
import { foldText } from './folding.ts';
import { LexicalIndex } from './lexical-index.ts';
import { QuotationIndex } from './quotation-index.ts';

/** A passage in the space where texts are compared. */
export interface FoldedPassage {
  text: string;
  /** Work, chapter, author and the other names of the work, parted by spaces. */
  names: string;
}

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
  readonly #folded = new Map<string, FoldedPassage>();

  put(work: LibraryWork): void {
    this.remove(work.id);
    this.#works.set(work.id, work);
    for (const passage of work.passages) {
      this.#passages.set(passage.id, passage);
      this.#folded.set(passage.id, foldPassage(passage, work.aliases));
    }
    this.lexical.put(work.id, work.passages, work.aliases);
    this.quotations.put(work.id, work.passages);
  }

  remove(workId: string): void {
    const work = this.#works.get(workId);
    if (!work) return;
    this.#works.delete(workId);
    for (const { id } of work.passages) {
      this.#passages.delete(id);
      this.#folded.delete(id);
    }
    this.lexical.remove(workId);
    this.quotations.remove(workId);
  }

  passage(id: string): Passage | undefined {
    return this.#passages.get(id);
  }

  /** Empty for an id that is not in the library. */
  folded(id: string): FoldedPassage {
    return this.#folded.get(id) ?? { text: '', names: '' };
  }

  get workIds(): string[] {
    return [...this.#works.keys()];
  }

  get passageCount(): number {
    return this.#passages.size;
  }
}

function foldPassage(passage: Passage, aliases: readonly string[]): FoldedPassage {
  const names = [passage.work, passage.chapter, passage.author ?? '', ...aliases];
  return { text: foldText(passage.text), names: names.map(foldText).join(' ') };
}
