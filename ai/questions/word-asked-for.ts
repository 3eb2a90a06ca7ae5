import type { Passage } from '../passage.ts';
import { foldText } from '../rag/folding.ts';

const WORD =
  /^(?:那|请问)?(?:这个|那个)?(.{1,2}?)字?(?:是?什么意思|怎么讲|怎么解释|怎么理解|怎么读|怎么念|读什么)[呢吗啊呀]?$/u;

/** Of the passages that were just shown those with the word that is asked about: 「罔是什么意思」. */
export function withWordAskedFor(question: string, shown: readonly Passage[]): Passage[] {
  const [, word] = WORD.exec(foldText(question)) ?? [];
  return word === undefined ? [] : shown.filter(({ text }) => foldText(text).includes(word));
}
