import type { Passage } from './passage.ts';

/** A passage the server offered to the model under number `n`; the model may only point at it. */
export interface CitedPassage {
  n: number;
  passage: Passage;
  /** 0 to 1, best first; comparable within one answer only. */
  score: number;
}

/** 《论语·为政》; the chapter is left out where it only repeats the work's name. */
export function sourceName({ work, chapter }: Pick<Passage, 'work' | 'chapter'>): string {
  return chapter === '' || chapter === work ? `《${work}》` : `《${work}·${chapter}》`;
}
