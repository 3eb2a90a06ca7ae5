import { cleanParagraphs } from './clean-paragraphs.ts';
import type { IrregularityLog } from './irregularities.ts';
import type { SourceChapter } from './source-work.ts';
import { type DraftChapter, withUniqueTitles } from './unique-titles.ts';

/** What every reader's chapters go through: cleaned, none empty, none twice, titles unique. */
export function finishChapters(drafts: DraftChapter[], log: IrregularityLog): SourceChapter[] {
  const seen = new Map<string, string>();
  const kept: DraftChapter[] = [];
  for (const draft of drafts) {
    const chapter = { ...draft, paragraphs: cleanParagraphs(draft.paragraphs, log) };
    const words = chapter.paragraphs.join('').replace(/[^\p{Script=Han}]/gu, '');
    const twin = seen.get(words);
    if (words === '') log.note('无正文', chapter.title);
    else if (twin !== undefined) log.note('同篇重出', `${chapter.title} = ${twin}`);
    else {
      seen.set(words, chapter.title);
      kept.push(chapter);
    }
  }
  return withUniqueTitles(kept);
}
