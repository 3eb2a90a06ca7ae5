import type { Passage } from '../../ai/passage.ts';
import { foldText } from '../../ai/rag/folding.ts';
import { prepareWork } from '../../backend/library/prepare-work.ts';
import { defaultWorks } from '../../corpus/manifest.ts';

export interface WorkTexts {
  id: string;
  title: string;
  passages: readonly Passage[];
}

export interface LibraryTexts {
  works: readonly WorkTexts[];
  characters: number;
  /** The bare words of a passage and of its neighbours in the chapter. */
  around(passageId: string): string;
}

/** Folded, and only what every text has: suites may be written without the rarest characters. */
export function bareWords(text: string): string {
  return foldText(text).replace(/[^\u3400-\u9fff]/g, '');
}

export async function defaultLibrary(): Promise<LibraryTexts> {
  const works: WorkTexts[] = [];
  for (const [position, source] of defaultWorks().entries()) {
    const prepared = prepareWork(await source.read(), position);
    const { id, title } = prepared.work;
    const chapters = new Map(prepared.chapters.map((chapter) => [chapter.id, chapter]));
    const passages = prepared.passages.map((passage) => {
      const chapter = chapters.get(passage.chapterId);
      const { author = null, dynasty = null } = chapter ?? {};
      const names = { work: title, chapter: chapter?.title ?? '', author, dynasty };
      return {
        ...names,
        id: passage.id,
        workId: id,
        chapterId: passage.chapterId,
        text: passage.text,
      };
    });
    works.push({ id, title, passages });
  }
  return libraryOfWorks(works);
}

export function libraryOfWorks(works: readonly WorkTexts[]): LibraryTexts {
  const around = new Map<string, string>();
  let characters = 0;
  for (const { passages } of works) {
    const words = passages.map(({ text }) => bareWords(text));
    passages.forEach(({ id, chapterId }, n) => {
      const near = [n - 1, n, n + 1].filter((each) => passages[each]?.chapterId === chapterId);
      around.set(id, near.map((each) => words[each]).join(''));
      characters += words[n]?.length ?? 0;
    });
  }
  return { works, characters, around: (id) => around.get(id) ?? '' };
}
