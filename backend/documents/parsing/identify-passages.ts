import { hash } from 'node:crypto';
import { foldText } from '../../../ai/rag/folding.ts';
import { stableId } from '../../stable-id.ts';
import type { ParsedChapter, ParsedPassage } from './parsed-document.ts';
import { createNameCounter } from './unique-titles.ts';

/** Gives the passages of one chapter ids that only their text and the chapter's title decide. */
export function identifyPassages(slug: string, chapter: ParsedChapter) {
  const occurrences = createNameCounter();
  let n = 0;
  return (text: string, translation: string | null, place: number): ParsedPassage => {
    const folded = foldText(text);
    const textHash = hash('sha256', folded, 'hex').slice(0, 16);
    const occurrence = String(occurrences.count(textHash));
    n += 1;
    const id = stableId('passage', slug, chapter.title, folded, occurrence);
    return { id, chapterId: chapter.id, n, place, text, translation, textHash };
  };
}
