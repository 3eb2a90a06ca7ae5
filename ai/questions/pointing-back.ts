import { simplify } from './simplify.ts';

/** Points back at something said before: a pronoun, an ordinal, or a wish for more. */
const POINTS_BACK = new RegExp(
  [
    '它|他的|她的|他是|她是|他还|她还|他为|这句|那句|这首|那首|这篇|那篇|这段|那段|这里|那里|这个|那个|这本|那本|这章|那章|这话|那话|这样说|这么说|那样说|那么说|这样讲|这么讲',
    '上面|上一|下一|下句|上句|下文|上文|前面|后面|前一|后一|前后文|上下文|刚才|后来呢|然后呢|接下来',
    '第[一二三四五六七八九十两\\d]+[点条个句种层首段则处]|首先|其次|最后一|[①-⑩]',
    '再讲|再说|再举|再来|换一[首句个]|继续|展开|举个例子|举例|换个说法|大白话|还有呢|还有吗|提示',
    '[他她](?:说|写|认为|主张|怎么|对)',
  ].join('|'),
);
/** Asks, and says nothing of what it asks about. */
const ONLY_ASKS = new RegExp(
  [
    '为什么|为啥|为何|怎么|什么|如何|何以|何意|意思|是谁|谁|哪里|哪儿|哪本书|哪本|哪一本|哪篇|哪首|哪个|哪一|出处|出自|来源|来历|原文|作者|朝代|时候|年代|时代|背景',
    '大白话|白话|通俗|简单|例子|例如|比如|生活中|今天|现在|提示|译文|字词|大意|主旨|道理|启发|启示',
    '请问|老师|麻烦|能不能|可不可以|可以|能够|能|请|您|你|我|给|帮|让|用|再|还|又|也|就|那么|那|呢|吗|吧|啊|呀|嘛|了|的|得|是|在|有|没有|会|要|想|对',
    '翻译|解释|讲解|说明|讲讲|说说|讲|说|写|举|译|问|听|看|懂|来|多|更|些|点|一下|一遍|一次|一个|一点|一些|一|遍|次|个|句|首|话|清楚|明白|详细|具体|到底|究竟|这样|那样|不|太|很',
  ]
    .flatMap((line) => line.split('|'))
    .sort((one, other) => other.length - one.length)
    .join('|'),
  'g',
);
const SHORT = 14;
const LONGEST_ONLY_ASKING = 24;
const QUOTED = /[「『“《]/;
const ANOTHER =
  /再来|再举|再(?:说|讲|给我)[^，。]{0,3}[首句个]|换一[首句个]|还有(?:呢|吗|别的|其他|哪些)|别的[呢吗]/;
/** 「他还写过什么」 asks beyond what was shown. */
const BEYOND = /还[写说讲做有提]|[他她](?:说|写|认为|主张|怎么|对)|别的|其他|另外/;
const GIVES_UP = /不知道|不清楚|不明白|不懂|不会|想不出|想不到|猜不|没想|告诉我|直接讲|直接说|提示/;
const PUNCTUATION = /[\p{P}\p{S}\s]+/gu;

/** Nobody who has not heard what was said before can know what it asks. */
export function pointsBack(question: string): boolean {
  if (QUOTED.test(question)) return false;
  const short = [...question].length <= SHORT;
  return (short && POINTS_BACK.test(simplify(question))) || onlyAsks(question);
}

/** 「为什么？」 「谁说的」 「能用大白话再说一遍吗」 are about what was shown last. */
export function onlyAsks(question: string): boolean {
  if ([...question].length > LONGEST_ONLY_ASKING) return false;
  const words = simplify(question).replaceAll(PUNCTUATION, '');
  return words !== '' && words.replaceAll(ONLY_ASKS, '') === '';
}

/** Asks for something that was not shown yet. */
export function asksForAnother(question: string): boolean {
  return ANOTHER.test(simplify(question));
}

/** Is about the very passages that were shown last. */
export function staysWithShown(question: string): boolean {
  return !asksForAnother(question) && !BEYOND.test(simplify(question));
}

/** A learner who was asked something answers, and does not ask anew. */
export function isReply(question: string): boolean {
  return givesUp(question) || !/[？?「『“《]|什么|怎么|为何|如何|哪/.test(simplify(question));
}

/** Has no answer to what the tutor asked, and wants to be told more. */
export function givesUp(question: string): boolean {
  const short = [...question].length <= SHORT && !QUOTED.test(question);
  return short && GIVES_UP.test(simplify(question));
}
