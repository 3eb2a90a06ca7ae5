/** Vectors of characters and of pairs of adjacent characters, small integers with a scale for each row. */
export interface GramTable {
  readonly dimension: number;
  /** By `gramKey`. */
  readonly rows: ReadonlyMap<number, number>;
  readonly scales: Float32Array;
  /** Row after row. */
  readonly components: Int8Array;
}

/** Of the UTF-16 units of a pair; of a single one with 0 in front. */
export function gramKey(first: number, second: number): number {
  return first * 0x10000 + second;
}

/** Adds up the rows of all grams of a text; a gram without a row adds nothing. */
export function sumOfGrams(table: GramTable, text: string): Float32Array {
  const sums = new Float32Array(table.dimension);
  let previous = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    add(table, gramKey(0, unit), sums);
    if (previous > 0) add(table, gramKey(previous, unit), sums);
    previous = unit;
  }
  return sums;
}

function add({ dimension, rows, scales, components }: GramTable, key: number, sums: Float32Array) {
  const row = rows.get(key);
  if (row === undefined) return;
  const scale = scales[row] ?? 0;
  const from = row * dimension;
  for (let axis = 0; axis < dimension; axis += 1) {
    sums[axis] = (sums[axis] ?? 0) + scale * (components[from + axis] ?? 0);
  }
}
