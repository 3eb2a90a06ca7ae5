import { simplify } from './questions/simplify.ts';

export type TranslationDirection = 'to-modern' | 'to-classical';

const TO_MODERN =
  /(?:译|翻|改写|解释|说)[成为作]?[^，。]{0,6}(?:白话|现代|今天的话|今译|普通话|大白话)|今译/;
const TO_CLASSICAL =
  /(?:译|翻|改|写|说)[成为作]?[^，。]{0,6}(?:文言|古文|古汉语|古代汉语)|用(?:文言|古文)/;
/** Words that only one of the two languages has; those of asking are taken away before. */
const MODERN =
  /的|了|吗|呢|吧|们|这|那|什么|怎么|没有|不是|就是|因为|所以|但是|如果|我要|我想|很|都|把|被|让|给|说|觉得|喜欢|应该|可以/g;
const CLASSICAL =
  /之|乎|者|也|矣|焉|哉|曰|其|吾|汝|尔|乃|夫|盖|弗|勿|兮|岂|孰|莫|亦|於|于是|而不|以为/g;
const ASKING =
  /^(?:请|帮我|请帮我|老师)*(?:把)?(?:这句话?|下面(?:这?句话?)?)?(?:翻译|译)(?:一下|成|为)?[:：，]?|是什么意思|怎么(?:翻译|译|说)|翻译(?:一下)?/g;
const QUOTED = /[「『“]([^」』”]{2,})[」』”]/;

/** Which way what a learner wrote is to be translated: as they say, else as the words themselves tell. */
export function translationDirection(question: string): TranslationDirection {
  const text = simplify(question);
  if (TO_CLASSICAL.test(text)) return 'to-classical';
  if (TO_MODERN.test(text)) return 'to-modern';
  const words = QUOTED.exec(text)?.[1] ?? text.replaceAll(ASKING, '');
  const weigh = (marks: RegExp) => words.match(marks)?.length ?? 0;
  return weigh(MODERN) > weigh(CLASSICAL) ? 'to-classical' : 'to-modern';
}
