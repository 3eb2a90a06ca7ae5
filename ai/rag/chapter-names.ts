import type { Passage } from '../passage.ts';
import { foldText } from './folding.ts';

const IN_BRACKETS = /[（(][^）)]*[）)]/g;
const KIND_OF_CHAPTER = /[篇章]$/;

/** Chapters by every name a learner may use: 「国风·周南·关雎」 is called 「关雎」, 「为政篇」 「为政」. */
export class ChapterNames {
  readonly #chapters = new Map<string, Passage[]>();
  readonly #byName = new Map<string, Passage[][]>();

  /** In the order of the book. */
  add(passage: Passage): void {
    const known = this.#chapters.get(passage.chapterId);
    if (known) {
      known.push(passage);
      return;
    }
    const chapter = [passage];
    this.#chapters.set(passage.chapterId, chapter);
    const title = passage.chapter === '' ? passage.work : passage.chapter;
    for (const name of namesOf(title)) {
      const namesakes = this.#byName.get(name);
      if (namesakes) namesakes.push(chapter);
      else this.#byName.set(name, [chapter]);
    }
  }

  /** The passages of each chapter that goes by a folded name. */
  called(name: string): readonly (readonly Passage[])[] {
    return this.#byName.get(name) ?? [];
  }
}

/** Folded, of two characters or more. */
export function namesOf(title: string): Set<string> {
  const bare = title.replaceAll(IN_BRACKETS, '');
  const parts = bare.split('·');
  const named = [title, bare, parts[0] ?? '', parts.at(-1) ?? ''];
  const names = [...named, ...named.map((name) => name.replace(KIND_OF_CHAPTER, ''))];
  return new Set(names.map(foldText).filter((name) => [...name].length > 1));
}
