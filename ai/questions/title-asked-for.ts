import { analyseQuestion } from '../rag/question.ts';

const SHORTEST = 2;
const LONGEST = 16;
/** What stands around a title that is asked for by itself. */
const AROUND =
  /^(?:精讲|细讲|讲解|解读|赏析|学习|朗读|背诵|翻译|解释|讲|读|学|背|译)|(?:这首诗|这首词|这篇|这一篇|全文|全诗|赏析|译文|翻译|讲了|写了|说了|主要讲了?|主要写了?|的?内容|的?主旨|的?大意)$/g;

/** The title that a question consists of, folded: 「关雎」, 「讲讲《静夜思》」. */
export function titleAskedFor(question: string): string | undefined {
  const named = /《([^》]{2,16})》/.exec(question)?.[1];
  const { parts } = analyseQuestion(question);
  const bare = parts.join('').replaceAll(AROUND, '');
  if (named !== undefined) {
    const title = analyseQuestion(named).parts.join('');
    return bare === title || bare === '' ? title : undefined;
  }
  return bare.length >= SHORTEST && bare.length <= LONGEST ? bare : undefined;
}
