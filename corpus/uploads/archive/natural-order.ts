const DIGITS = '〇一二三四五六七八九';
const NUMBER = /\d+|[〇零一二三四五六七八九十百千两]+/gu;
/** Where a book has an order of its own among names that are not numbers. */
const PLACES = new Map([
  ['上', 1],
  ['中', 2],
  ['下', 3],
]);

/**
 * Orders paths as a reader would: 第二回 before 第十回, 2.txt before 10.txt. Names that differ in more
 * than a number stay in the order they came in.
 */
export function inNaturalOrder<Item>(
  items: readonly Item[],
  pathOf: (item: Item) => string,
): Item[] {
  const places = new Map<string, number>();
  const keyed = items.map((item) => ({ item, key: keyOf(pathOf(item), places) }));
  keyed.sort((one, other) => compare(one.key, other.key));
  return keyed.map(({ item }) => item);
}

/** For each part of the path: where its like came first, then its numbers. */
function keyOf(path: string, places: Map<string, number>): number[][] {
  let folder = '';
  return path.split('/').map((name) => {
    const numbers: number[] = [];
    let pattern = name.replace(NUMBER, (found) => {
      numbers.push(numberOf(found));
      return '#';
    });
    pattern = pattern.replace(/[上中下](?=[篇卷章部编]|(?:\.\w+)?$)/u, (found) => {
      numbers.push(PLACES.get(found) ?? 0);
      return '#';
    });
    const like = `${folder}/${pattern}`;
    if (!places.has(like)) places.set(like, places.size);
    folder = `${folder}/${name}`;
    return [places.get(like) ?? 0, ...numbers];
  });
}

function compare(one: number[][], other: number[][]): number {
  for (let part = 0; part < Math.min(one.length, other.length); part += 1) {
    const mine = one[part] ?? [];
    const yours = other[part] ?? [];
    for (let index = 0; index < Math.min(mine.length, yours.length); index += 1) {
      const difference = (mine[index] ?? 0) - (yours[index] ?? 0);
      if (difference !== 0) return difference;
    }
  }
  return one.length - other.length;
}

function numberOf(numeral: string): number {
  if (/^\d+$/u.test(numeral)) return Number(numeral);
  let sum = 0;
  let digit = 0;
  for (const character of numeral.replaceAll('两', '二').replaceAll('零', '〇')) {
    const unit = { 十: 10, 百: 100, 千: 1000 }[character];
    if (unit) {
      sum += Math.max(1, digit) * unit;
      digit = 0;
    } else
      digit = /[十百千]/u.test(numeral)
        ? DIGITS.indexOf(character)
        : digit * 10 + DIGITS.indexOf(character);
  }
  return sum + digit;
}
