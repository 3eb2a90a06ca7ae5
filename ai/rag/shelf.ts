import type { Passage } from '../passage.ts';
import { ChapterNames } from './chapter-names.ts';
import { LexicalSegment, LexicalSegmentBuilder } from './lexical-segment.ts';
import { type Field, fieldTerms, fieldTexts } from './passage-fields.ts';
import { QuotedChapters } from './quoted-chapters.ts';

/** A passage in the space where texts are compared. */
export interface FoldedPassage {
  text: string;
  /** Work, chapter, author and the other names of the work, parted by spaces. */
  names: string;
  /** What is said of it in the words of today, parted by spaces. */
  reading: string;
}

/** So many passages that a segment is closed in some dozen milliseconds. */
const SEGMENT_PASSAGES = 20_000;

/**
 * One work as it stands in memory with everything by which its passages are found. Built a slice at
 * a time where nobody looks, then put into the library whole.
 */
export class Shelf {
  readonly id: string;
  readonly #aliases: readonly string[];
  readonly passages: Passage[] = [];
  readonly chapters = new ChapterNames();
  readonly quotations = new QuotedChapters();
  readonly segments: LexicalSegment[] = [];
  readonly #places = new Map<string, number>();
  readonly #folded: FoldedPassage[] = [];
  #open = new LexicalSegmentBuilder();

  constructor(id: string, aliases: readonly string[]) {
    this.id = id;
    this.#aliases = aliases;
  }

  /** In the order of the book. */
  add(slice: readonly Passage[]): void {
    for (const passage of slice) {
      this.#places.set(passage.id, this.passages.length);
      this.passages.push(passage);
      const texts = fieldTexts(passage, this.#aliases);
      this.#folded.push(inOne(texts));
      this.chapters.add(passage);
      this.quotations.add(passage);
      this.#open.add(passage.id, fieldTerms(texts));
    }
    if (this.#open.ids.length >= SEGMENT_PASSAGES) this.close();
  }

  /** After the last slice. */
  close(): void {
    if (this.#open.ids.length === 0) return;
    this.segments.push(new LexicalSegment(this.#open));
    this.#open = new LexicalSegmentBuilder();
  }

  has(passageId: string): boolean {
    return this.#places.has(passageId);
  }

  place(passageId: string): number | undefined {
    return this.#places.get(passageId);
  }

  foldedPassages(): readonly FoldedPassage[] {
    return this.#folded;
  }

  folded(passageId: string): FoldedPassage | undefined {
    const place = this.#places.get(passageId);
    return place === undefined ? undefined : this.#folded[place];
  }
}

function inOne(texts: Readonly<Record<Field, readonly string[]>>): FoldedPassage {
  const { text, translation, gist, themes, names } = texts;
  return {
    text: text.join(' '),
    names: names.join(' '),
    reading: [...translation, ...gist, ...themes].join(' '),
  };
}
