import type { Passage } from '../passage.ts';
import { foldText } from './folding.ts';
import { QuotationSegment, QuotationSegmentBuilder } from './quotation-segment.ts';
import { symbolsOf } from './quotation-symbols.ts';

/** The chapters of one work as quotations are looked up in them; adding one costs as much as reading it. */
export class QuotedChapters {
  readonly #segments: QuotationSegment[] = [];
  #open = new QuotationSegmentBuilder();

  /** In the order of the book. */
  add(passage: Passage): void {
    const symbols = symbolsOf(foldText(passage.text));
    if (!this.#open.takes(passage.chapterId, symbols.length)) this.#close();
    this.#open.add(passage, symbols);
  }

  #close(): void {
    if (this.#open.size > 0) this.#segments.push(new QuotationSegment(this.#open));
    this.#open = new QuotationSegmentBuilder();
  }

  /** All of them, after the last passage. */
  segments(): readonly QuotationSegment[] {
    this.#close();
    return this.#segments;
  }
}
