import { foldText } from '../rag/folding.ts';
import { isAboutModernThings } from '../rag/modern-topics.ts';
import { analyseQuestion } from '../rag/question.ts';
import { isBigram, termsOf } from '../rag/terms.ts';
import type { Exchange } from './talked-about.ts';

const SHORT = 20;

/**
 * Whether a short question may be meant within what was talked about: it names something of it.
 * 「电脑蓝屏怎么办」 does not, whatever was said before.
 */
export function leansOn(question: string, thread: readonly Exchange[]): boolean {
  if ([...question].length > SHORT) return false;
  const { parts } = analyseQuestion(question);
  if (isAboutModernThings(parts)) return false;
  const said = thread.flatMap((exchange) => [exchange.question, exchange.answer?.content ?? '']);
  const folded = foldText(said.join(''));
  return parts.flatMap(termsOf).some((term) => isBigram(term) && folded.includes(term));
}
