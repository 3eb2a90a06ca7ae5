import type { Turn } from './memory/conversation-window.ts';

/** Points back at something said before: a pronoun, an ordinal, or nothing but a wish for more. */
const POINTS_BACK =
  /它|他的|她的|这句|那句|这首|那首|这篇|那篇|这段|那段|这里|那里|这个|那个|上面|上一|下一|前面|后面|前一|后一|刚才|第[一二三四五六七八九十两\d]+[点条个句]|再讲|再说|继续|展开|详细|还有呢|为什么呢|作者是谁|谁写的|什么意思/;
const SHORT = 12;
const QUOTED = /[「『“《]/;

const SMALL_TALK =
  /^(?:你好|您好|老师好|老师|早上好|晚上好|下午好|嗨|哈喽|hello|hi|谢谢|多谢|感谢|好的|好|明白了|知道了|懂了|再见|拜拜|你是谁|你叫什么|你会什么|你能做什么|在吗)[啊呀呢吗的你老师们]*$/i;
const PAUSE = /[，,、；;。.！!～~…？?\s]+/;

/** Needs no passage to be answered. */
export function isSmallTalk(question: string): boolean {
  const phrases = question.split(PAUSE).filter((phrase) => phrase !== '');
  return phrases.length > 0 && phrases.every((phrase) => SMALL_TALK.test(phrase));
}

/**
 * A question that can be searched for on its own: a follow-up takes the one before along, back to
 * one that stands alone, so that the second 「继续」 still knows what to go on with.
 */
export function standaloneQuestion(question: string, history: readonly Turn[]): string {
  const asked = history.filter((turn) => turn.role === 'user').map((turn) => turn.content);
  const questions = [...asked, question];
  const first = questions.findLastIndex((text) => !pointsBack(text));
  return questions.slice(Math.max(0, first)).join('\n');
}

function pointsBack(question: string): boolean {
  const short = [...question].length <= SHORT;
  return short && POINTS_BACK.test(question) && !QUOTED.test(question);
}
