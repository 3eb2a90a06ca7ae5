import type { Passage } from './passage.ts';

/** A passage the server offered to the model under number `n`; the model may only point at it. */
export interface CitedPassage {
  n: number;
  passage: Passage;
  /** 0 to 1, best first; comparable within one answer only. */
  score: number;
}
