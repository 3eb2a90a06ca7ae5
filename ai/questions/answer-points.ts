import { simplify } from './simplify.ts';

const NUMERALS = '一二三四五六七八九十';
const CIRCLED = '①②③④⑤⑥⑦⑧⑨⑩';
const WORDS = ['首先', '其次', '再次'];
const LONGEST = 60;

/** Where a point of an enumeration begins: 1. （一） 二、 ③ 第二， 其次 */
const POINT = new RegExp(
  String.raw`(?:^|[\n。；;！？：:])[\s#>*-]*(?:(\d{1,2})[.、．)）](?!\d)|[（(]([${NUMERALS}\d])[）)]|([${NUMERALS}])、` +
    String.raw`|([${CIRCLED}])|第([${NUMERALS}\d])(?:[，,、：:点點条條个個种種层層是])|(首先|其次|再次|最后)[，,、：:]?)`,
  'g',
);
const ASKED = new RegExp(
  `第([${NUMERALS}两\\d]+)[点条个种层句首段则处]|([${CIRCLED}])|(首先|其次|再次)`,
);
const LAST = /最后一?[点条个种层句首段则处]/;

/** Which point of an answer is asked about, counted from 1; -1 for the last. */
export function pointAskedFor(asked: string): number | undefined {
  const question = simplify(asked);
  if (LAST.test(question)) return -1;
  const [, ordinal, circled, word] = ASKED.exec(question) ?? [];
  if (ordinal) return numberOf(ordinal.replace('两', '二'));
  if (circled) return CIRCLED.indexOf(circled) + 1;
  return word ? WORDS.indexOf(word) + 1 : undefined;
}

/** What an answer says under that point, in few words. */
export function pointOf(answer: string, n: number): string | undefined {
  const text = wholePointOf(answer, n);
  return text === undefined ? undefined : [...tidy(text)].slice(0, LONGEST).join('');
}

/** All of it, with the numbers of the passages it points at. */
export function wholePointOf(answer: string, n: number): string | undefined {
  const points = pointsOf(answer);
  return n < 0 ? [...points.values()].at(-1) : points.get(n);
}

function pointsOf(answer: string): Map<number, string> {
  const marks = [...answer.matchAll(POINT)];
  const points = new Map<number, string>();
  for (const [index, mark] of marks.entries()) {
    const n = numberOfMark(mark, points.size);
    const text = answer.slice(mark.index + mark[0].length, marks[index + 1]?.index);
    if (n !== undefined && !points.has(n)) points.set(n, text);
  }
  return points;
}

function numberOfMark(mark: RegExpExecArray, before: number): number | undefined {
  const [, digits, bracketed, numeral, circled, ordinal, word] = mark;
  const written = digits ?? bracketed ?? numeral ?? ordinal;
  if (written) return numberOf(written);
  if (circled) return CIRCLED.indexOf(circled) + 1;
  // 「最后」 after a list of which nothing was said yet is only a word.
  if (word === '最后') return before > 0 ? before + 1 : undefined;
  return WORDS.indexOf(word ?? '') + 1 || undefined;
}

function numberOf(written: string): number | undefined {
  if (/^\d+$/.test(written)) return Number(written);
  const n = NUMERALS.indexOf(written) + 1;
  return n > 0 ? n : undefined;
}

function tidy(text: string): string {
  return text
    .replaceAll(/\[\d+\]|[*#`]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
