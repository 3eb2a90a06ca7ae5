import { DYNASTY, hasPunctuation } from '../structure/headings.ts';
import { isNameRole, roleOfKey } from './record-keys.ts';

export type Column = 'name' | 'author' | 'dynasty' | 'text' | 'translation' | 'other';

/** Null for a column that no heading explains. */
export type Columns = readonly (Column | null)[];

type Rows = readonly (readonly string[])[];

/** Columns that stand beside a text, however long they are. */
const BESIDE_TEXT =
  /^(?:id|no\.?|url|link|tags?|notes?|comments?|序号|編號|编号|备注|備註|注释|注釋|注|赏析|賞析|出处|出處|来源|來源|标签|標籤|拼音)$/iu;

/** Which column is what, by a line of headings; null if the line is none. */
export function readHeader(cells: readonly string[]): Columns | null {
  const roles = cells.map(roleOfKey);
  if (roles.every((role) => role === null) || cells.some(hasPunctuation)) return null;
  const paired = roles.includes('source') && roles.includes('target') && !roles.includes('text');
  return roles.map((role, index): Column | null => {
    if (isNameRole(role)) return 'name';
    if (role === 'source' && paired) return 'text';
    if (role === 'target') return 'translation';
    if (role === 'form' || role === 'about' || BESIDE_TEXT.test(cells[index]?.trim() ?? '')) {
      return 'other';
    }
    return role === 'source' ? null : role;
  });
}

/** What the columns look like they are where no heading says so. */
export function guessColumns(rows: Rows, known: Columns | null): Columns {
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (!known) {
    if (width <= 1) return ['text'];
    if (width === 2) return looksLikeNames(rows) ? ['name', 'text'] : ['text', 'translation'];
  }
  const columns = known ?? guessBesideText(rows, width);
  const text = known ? longestUnknown(rows, columns) : firstText(rows, columns);
  return columns.map((column, index) => {
    if (index === text) return 'text';
    return index === text + 1 && !known && translates(rows, text) ? 'translation' : column;
  });
}

/** Of at least three columns without headings: 「春晓,孟浩然,唐,春眠不觉晓…」. */
function guessBesideText(rows: Rows, width: number): Columns {
  const all = Array.from({ length: width }, (_, index) => index);
  const dynasty = all.find((index) => share(rows, index, DYNASTY) >= MOST);
  const numbers = all.filter((index) => share(rows, index, /^[0-9０-９]+$/u) >= MOST);
  const words = all.filter((index) => index !== dynasty && !numbers.includes(index));
  const [likeliest = -1] = words.toSorted(
    (a, b) => share(rows, b, PERSON) - share(rows, a, PERSON),
  );
  // What stands alone beside a text is rather its title.
  const isSigned = words.length > 2 && share(rows, likeliest, PERSON) >= SOME;
  const author = isSigned ? likeliest : -1;
  const name = words.find((index) => index !== author);
  return all.map((index) => {
    if (index === dynasty) return 'dynasty';
    if (index === author) return 'author';
    if (numbers.includes(index)) return 'other';
    return index === name ? 'name' : null;
  });
}

const MOST = 0.8;
/** Monks, and those whose family name is rare, are not known by it. */
const SOME = 0.6;
const FAMILY_NAMES =
  '王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇' +
  '卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段钱錢汤湯' +
  '尹黎易常武乔喬贺賀赖賴龚龔文屈宗岑温溫元柳欧歐晏辛纳納严嚴祖骆駱班左阮嵇陶鲍鮑庾虞颜顏皮聂聶司韦韋包齐齊关關张马';
const PERSON = new RegExp(`^(?:[${FAMILY_NAMES}]\\p{Script=Han}{1,3}|佚名|[无無]名氏)$`, 'u');
/** Characters of a cell, on average. */
const SHORTEST_TEXT = 8;
/** How much longer than a text its translation may be; what is said about it is longer. */
const LONGEST_TRANSLATION = 3;

const cellsOf = (rows: Rows, index: number) =>
  rows.map((row) => (row[index] ?? '').trim()).filter((cell) => cell !== '');

function share(rows: Rows, index: number, pattern: RegExp): number {
  const cells = cellsOf(rows, index);
  return cells.filter((cell) => pattern.test(cell)).length / Math.max(1, cells.length);
}

function averageLength(rows: Rows, index: number): number {
  const cells = cellsOf(rows, index);
  return cells.reduce((sum, cell) => sum + cell.length, 0) / Math.max(1, cells.length);
}

/** What is longer behind it is its translation, or about it. */
function firstText(rows: Rows, columns: Columns): number {
  const found = columns.findIndex(
    (column, index) => column === null && averageLength(rows, index) >= SHORTEST_TEXT,
  );
  return found >= 0 ? found : longestUnknown(rows, columns);
}

function translates(rows: Rows, text: number): boolean {
  const [length, after] = [averageLength(rows, text), averageLength(rows, text + 1)];
  return after >= length && after <= length * LONGEST_TRANSLATION;
}

function longestUnknown(rows: Rows, columns: Columns): number {
  const lengths = columns.map((column, index) =>
    column === null ? rows.reduce((sum, row) => sum + (row[index] ?? '').length, 0) : 0,
  );
  const longest = Math.max(...lengths);
  return longest > 0 ? lengths.indexOf(longest) : -1;
}

function looksLikeNames(rows: Rows): boolean {
  const names = rows.filter(
    ([first = '', second = '']) =>
      first.length <= 20 && first.length < second.length && !/[。！？；，]/u.test(first),
  );
  return names.length >= rows.length * 0.8;
}
