import { commonPasswords } from './common-passwords.ts';

/** So little beside a word that is easily guessed does not make it any better. */
const NEXT_TO_NOTHING = 4;
/** More marks than these are a choice of their own. */
const FEW_MARKS = 3;
const SEPARATORS = 2;
/** The longest family name in pinyin: one beside a birthday is among the first things to be guessed. */
const FAMILY_NAME = 6;

/**
 * What Chinese passwords are made of and the list of common ones, from elsewhere, has not: words in
 * pinyin (I love you, password, hello, old friends of the schoolbook) and family names.
 */
const PINYIN = new Set(
  `woaini aini woai woaiwo wode nide mima mimashi nihao nihaoma nimen women laopo laogong
  baobao baobei qinaide xihuan xiexie zaijian meimei gege jiejie didi mama baba yeye nainai jiating
  wojia wojiaren xiaoming xiaohong xiaogang xiaoli xiaohua xiaobai zhangsan lisi wangwu zhangwei
  wangwei wangfang liwei lina zhangmin lijing wangjing liuwei zhongguo zhonghua beijing shanghai
  guangzhou shenzhen tianxia tiantian kuaile xingfu pengyou xuexi xuesheng laoshi tongxue xuexiao
  daxue zhongxue xiaoxue yuwen shuxue yingyu guowen lunyu kongzi mengzi laozi zhuangzi denglu
  zhanghao yonghu guanliyuan wang zhang liu chen yang zhao huang zhou sun zhu gao
  lin guo luo liang song zheng xie han tang feng deng cao peng zeng xiao tian dong pan yuan jiang
  cai wei jin shi tan liao fan ding ren yao lu cui zhong`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

export const lengthOf = (text: string) => [...text].length;
const isMark = /[^\p{L}\p{N}\s]/gu;

/** A common one, with a head or tail that is nothing to guess: woaini5201314, Summer2024!. */
export function isCommon(folded: string): boolean {
  const common = commonPasswords();
  const joined = folded.replaceAll(/\s/g, '');
  if (common.has(folded) || isWeakWord(joined)) return true;
  const word = joined.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
  if (!isWeakWord(word)) return false;
  return isTrivial(joined.replace(word, ''));
}

/** On the list, or one or two of the words in pinyin: wodemima. */
function isWeakWord(word: string): boolean {
  if (lengthOf(word) < NEXT_TO_NOTHING) return false;
  if (commonPasswords().has(word) || PINYIN.has(word)) return true;
  return Array.from(word, (_, n) => n).some(
    (n) => PINYIN.has(word.slice(0, n)) && PINYIN.has(word.slice(n)),
  );
}

/** Whether it adds nothing to a word that is guessed at once. */
export function isTrivial(rest: string): boolean {
  if ((rest.match(isMark) ?? []).length > FEW_MARKS && !isMonotonous(rest)) return false;
  const text = rest.replaceAll(/[^\p{L}\p{N}]/gu, '');
  return (
    lengthOf(text) <= NEXT_TO_NOTHING ||
    isMonotonous(text) ||
    isDate(text) ||
    isShortDate(text) ||
    isWeakWord(text)
  );
}

const YEAR = '(?:19|20)\\d\\d';
const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = '(?:0[1-9]|[12]\\d|3[01])';
const EIGHT_DIGITS = new RegExp(
  `^(?:${YEAR}${MONTH}${DAY}|${DAY}${MONTH}${YEAR}|${MONTH}${DAY}${YEAR})$`,
);
const SIX_DIGITS = new RegExp(`^\\d\\d${MONTH}${DAY}$`);
/** As it is written: 1990-1-1, 1990年1月1日. */
const WRITTEN =
  /^(?:19|20)\d\d[^\p{L}\d]*年?(?:0?[1-9]|1[0-2])[^\p{L}\d]*月?(?:0?[1-9]|[12]\d|3[01])日?$/u;

const isDate = (text: string) => EIGHT_DIGITS.test(text) || WRITTEN.test(text);
const isShortDate = (text: string) => SIX_DIGITS.test(text);

/** A day, bare or with a few letters around it: 19900101, 1990-01-01, 20000214wang. */
export function isAnniversary(folded: string): boolean {
  const joined = folded.replaceAll(/\s/g, '');
  const digits = joined.replaceAll(/\D/g, '');
  const core = joined.replace(/^\D+/u, '').replace(/[^\d日]+$/u, '');
  if (!isDate(digits) && !isDate(core)) return false;
  const around = joined.replaceAll(/[\d年月日]/g, '');
  const marks = (around.match(isMark) ?? []).length;
  return lengthOf(around) - marks <= FAMILY_NAME && marks <= SEPARATORS + FEW_MARKS;
}

/** At most two stretches in which each character follows the last in the same way: aaaa1234. */
export function isMonotonous(text: string): boolean {
  const points = [...text.replaceAll(/\s/g, '')].map((character) => character.codePointAt(0) ?? 0);
  if (isRepetition(points)) return true;
  let stretches = 1;
  let step: number | undefined;
  for (let n = 1; n < points.length; n += 1) {
    const next = stepBetween(points[n - 1] ?? 0, points[n] ?? 0);
    if (step !== undefined && next !== step) {
      stretches += 1;
      step = undefined;
    } else if (Math.abs(next) > 1) {
      stretches += 1;
    } else {
      step = next;
    }
  }
  return stretches <= 2;
}

/** From 9 the row of digits goes on with 0. */
function stepBetween(from: number, to: number): number {
  if (from === 0x39 && to === 0x30) return 1;
  if (from === 0x30 && to === 0x39) return -1;
  return to - from;
}

/** Up to four characters over and over, the last time perhaps not to the end. */
function isRepetition(points: readonly number[]): boolean {
  return [1, 2, 3, 4].some((unit) =>
    points.every((point, n) => n < unit || point === points[n - unit]),
  );
}
