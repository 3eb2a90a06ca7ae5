import { FIELDS, type Field, type FieldTerms, mapFields } from './passage-fields.ts';
import { Postings, PostingsBuilder } from './postings.ts';

/** Passages on their way into a segment. */
export class LexicalSegmentBuilder {
  readonly ids: string[] = [];
  readonly fields = mapFields(() => new PostingsBuilder());

  add(id: string, terms: FieldTerms): void {
    this.ids.push(id);
    for (const field of FIELDS) this.fields[field].add(terms[field]);
  }
}

/**
 * The immutable inverted index of a work or a part of one, a list of postings for each field.
 * Statistics are added up over segments at query time, so a work comes and goes without touching
 * the others.
 */
export class LexicalSegment {
  readonly ids: readonly string[];
  readonly fields: Readonly<Record<Field, Postings>>;

  constructor({ ids, fields }: LexicalSegmentBuilder) {
    this.ids = ids;
    this.fields = mapFields((field) => new Postings(fields[field]));
  }

  static of(documents: readonly { id: string; terms: FieldTerms }[]): LexicalSegment {
    const builder = new LexicalSegmentBuilder();
    for (const { id, terms } of documents) builder.add(id, terms);
    return new LexicalSegment(builder);
  }
}
