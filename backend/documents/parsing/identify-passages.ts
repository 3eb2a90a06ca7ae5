import { hash } from 'node:crypto';
import { foldText } from '../../../ai/rag/folding.ts';
import { stableId } from '../../stable-id.ts';
import type { ParsedPassage } from './parsed-document.ts';
import { createNameCounter } from './unique-titles.ts';

/**
 * Gives the passages of one chapter ids that only their text decides, and what the file calls the chapter:
 * one that is given another title keeps its readings, and citations of it.
 */
export function identifyPassages(slug: string, chapterId: string, foundTitle: string) {
  const occurrences = createNameCounter();
  let n = 0;
  return (text: string, translation: string | null, place: number): ParsedPassage => {
    const folded = foldText(text);
    const textHash = hash('sha256', folded, 'hex').slice(0, 16);
    const occurrence = String(occurrences.count(textHash));
    n += 1;
    const id = stableId('passage', slug, foundTitle, folded, occurrence);
    return { id, chapterId, n, place, text, translation, textHash };
  };
}
