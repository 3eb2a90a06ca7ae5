import type { Passage } from '../passage.ts';
import { foldText } from '../rag/folding.ts';
import { analyseQuestion } from '../rag/question.ts';
import { isQuotedIn } from '../rag/reranking.ts';
import { asksForSource } from './source-asked-for.ts';
import { titleAskedFor } from './title-asked-for.ts';

const QUOTATION = /[「『“"][^」』”"]{2,}[」』”"]/;
/** What is longer is a text to be worked on rather than a question in today's words. */
const LONGEST = 120;

/**
 * Whether other words might find better passages than those found for a question as it is. Who
 * quotes, names a title or wants to know where something stands has the words of the text already.
 */
export function gainsFromRewording(
  question: string,
  found: readonly Passage[],
  titled: (name: string) => readonly unknown[],
): boolean {
  if ([...question].length > LONGEST || QUOTATION.test(question) || asksForSource(question)) {
    return false;
  }
  const title = titleAskedFor(question);
  if (title !== undefined && (question.includes('《') || titled(title).length > 0)) return false;
  const analysed = analyseQuestion(question);
  return !found.some(({ text }) => isQuotedIn(analysed, foldText(text)));
}
