import type { Form } from '../source-work.ts';

/** What starts a chapter. */
export interface Heading {
  title: string;
  author: string | null;
  dynasty: string | null;
  /** Null where the source does not say, and it has to be guessed from the text. */
  form: Form | null;
}

/** Where readers put what they find, in the order of the book. */
export interface TextSink {
  chapter(heading: Heading): void;
  /** A paragraph, line or sentence; `translation` is that of just this piece, which then stays whole. */
  paragraph(text: string, translation: string | null): void;
  /** To be awaited now and then: returns when what was handed over has been taken further. */
  drain(): Promise<void>;
}
