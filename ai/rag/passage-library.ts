import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Passage } from '../passage.ts';
import { LexicalIndex } from './lexical-index.ts';
import { QuotationIndex } from './quotation-index.ts';
import { type FoldedPassage, Shelf } from './shelf.ts';

export type { FoldedPassage } from './shelf.ts';

export interface LibraryWork {
  id: string;
  aliases: readonly string[];
  /** In the order of the book. */
  passages: readonly Passage[];
}

export interface ArrivingWork {
  id: string;
  aliases: readonly string[];
  /** In the order of the book; of some hundred passages each, so that they need not all be held twice. */
  slices: AsyncIterable<readonly Passage[]>;
}

/** Some milliseconds' worth, so that requests get their turn. */
const PASSAGES_A_TURN = 50;

const NOTHING: FoldedPassage = { text: '', names: '', reading: '' };

/**
 * The published passages as this process holds them: by id, for lexical retrieval and for finding
 * quotations. A work enters and leaves as a whole; what is not in here is not found by anybody,
 * whatever vectors may still lie about.
 */
export class PassageLibrary {
  readonly lexical = new LexicalIndex();
  readonly quotations = new QuotationIndex();
  readonly #shelves = new Map<string, Shelf>();
  /** On which shelf a passage was found; empty when a shelf has changed. */
  readonly #found = new Map<string, Shelf>();

  put({ id, aliases, passages }: LibraryWork): void {
    const shelf = new Shelf(id, aliases);
    shelf.add(passages);
    this.#place(shelf);
  }

  /** The same for a work of any size; until it is whole, what was there before is found. */
  async receive({ id, aliases, slices }: ArrivingWork): Promise<void> {
    const shelf = new Shelf(id, aliases);
    for await (const slice of slices) {
      for (let start = 0; start < slice.length; start += PASSAGES_A_TURN) {
        shelf.add(slice.slice(start, start + PASSAGES_A_TURN));
        await yieldToOthers();
      }
    }
    this.#place(shelf);
  }

  #place(shelf: Shelf): void {
    shelf.close();
    this.#found.clear();
    this.#shelves.set(shelf.id, shelf);
    this.lexical.place(shelf.id, shelf.segments);
    this.quotations.place(shelf.id, shelf.quotations);
  }

  remove(workId: string): void {
    if (!this.#shelves.delete(workId)) return;
    this.#found.clear();
    this.lexical.remove(workId);
    this.quotations.remove(workId);
  }

  #shelfOf(passageId: string): Shelf | undefined {
    const known = this.#found.get(passageId);
    if (known) return known;
    for (const shelf of this.#shelves.values()) {
      if (!shelf.has(passageId)) continue;
      this.#found.set(passageId, shelf);
      return shelf;
    }
    return undefined;
  }

  passage(id: string): Passage | undefined {
    const shelf = this.#shelfOf(id);
    return shelf?.passages[shelf.place(id) ?? -1];
  }

  /** The passages of each chapter that goes by a (folded) name, in the order of the library. */
  titled(name: string): Passage[][] {
    return [...this.#shelves.values()].flatMap(({ chapters }) =>
      chapters.called(name).map((chapter) => [...chapter]),
    );
  }

  /** What stands before and after a passage in its chapter. */
  neighbours(id: string): { previous: Passage | undefined; next: Passage | undefined } {
    const shelf = this.#shelfOf(id);
    const place = shelf?.place(id);
    if (!shelf || place === undefined) return { previous: undefined, next: undefined };
    const chapterId = shelf.passages[place]?.chapterId;
    const within = (neighbour: Passage | undefined) =>
      neighbour?.chapterId === chapterId ? neighbour : undefined;
    return {
      previous: within(shelf.passages[place - 1]),
      next: within(shelf.passages[place + 1]),
    };
  }

  /** Empty for an id that is not in the library. */
  folded(id: string): FoldedPassage {
    return this.#shelfOf(id)?.folded(id) ?? NOTHING;
  }

  foldedPassages(workId: string): readonly FoldedPassage[] {
    return this.#shelves.get(workId)?.foldedPassages() ?? [];
  }

  get workIds(): string[] {
    return [...this.#shelves.keys()];
  }

  get passageCount(): number {
    let count = 0;
    for (const { passages } of this.#shelves.values()) count += passages.length;
    return count;
  }
}
