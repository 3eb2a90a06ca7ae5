import { BOUNDARY, otherSoundsOf, soundAlike, soundOf } from './quotation-symbols.ts';

/** What a difference costs, in tenths of a wrong character. */
export const EDIT = 10;
/** The commonest slip of those who type by sound or quote by ear. */
export const HOMOPHONE = 4;
const IMPOSSIBLE = 2 ** 30;

export interface Alignment {
  /** Where in the text the run begins and ends. */
  start: number;
  end: number;
  /** In tenths of a wrong character. */
  cost: number;
  /** What the characters on which the quotation and the run agree say, in bits. */
  information: number;
}

/** For each prefix of the quotation the best way to one place in the text. */
interface Column {
  costs: Int32Array;
  starts: Int32Array;
  information: Float32Array;
}

/**
 * Aligns a quotation with the run of a text that is nearest to it. A run may begin anywhere for free
 * (P. H. Sellers 1980, «The theory and computation of evolutionary distances»), neighbours that
 * changed places are one difference (R. Lowrance & R. A. Wagner 1975, «An extension of the
 * string-to-string correction problem», in its restricted form), homophones cost less than other
 * characters, and no run crosses a boundary.
 */
export class QuotationAligner {
  readonly #needle: Uint16Array;
  readonly #bits: Float32Array;
  #before: Column;
  #column: Column;
  #next: Column;
  /** What it costs to find a symbol in the place of each symbol of the needle, as far as it was met. */
  readonly #changes = new Map<number, Uint8Array>();
  /** The same for the many symbols that neither are nor sound like one of the needle. */
  readonly #unlike: Uint8Array;
  readonly #sounds: ReadonlySet<number>;

  /** `bits`: how much each symbol of the needle says. */
  constructor(needle: Uint16Array, bits: Float32Array) {
    this.#needle = needle;
    this.#bits = bits;
    this.#unlike = new Uint8Array(needle.length).fill(EDIT);
    this.#sounds = new Set([...needle].flatMap((own) => [soundOf(own), ...otherSoundsOf(own)]));
    this.#before = emptyColumn(needle.length);
    this.#column = emptyColumn(needle.length);
    this.#next = emptyColumn(needle.length);
  }

  /** The nearest run between two places; of several the one where most agrees, then of most equal length. */
  align(text: Uint16Array, from: number, to: number): Alignment {
    const size = this.#needle.length;
    const best: Alignment = { start: from, end: from, cost: size * EDIT, information: 0 };
    this.#restart(from);
    let previous = BOUNDARY;
    for (let at = from; at < to; at += 1) {
      const symbol = text[at] ?? BOUNDARY;
      if (symbol === BOUNDARY) this.#restart(at + 1);
      else this.#advance(symbol, previous, at);
      previous = symbol;
      const cost = this.#column.costs[size] ?? 0;
      if (cost > best.cost) continue;
      const start = this.#column.starts[size] ?? 0;
      const information = this.#column.information[size] ?? 0;
      const longer = Math.abs(at + 1 - start - size) - Math.abs(best.end - best.start - size);
      const more = information - best.information;
      if (cost === best.cost && (more < 0 || (more === 0 && longer >= 0))) continue;
      best.start = start;
      best.end = at + 1;
      best.cost = cost;
      best.information = information;
    }
    return best;
  }

  #restart(at: number): void {
    const { costs, starts, information } = this.#column;
    for (let row = 0; row < costs.length; row += 1) costs[row] = row * EDIT;
    starts.fill(at);
    information.fill(0);
  }

  /** Fills the next column from the two before it. */
  #advance(symbol: number, previous: number, at: number): void {
    const needle = this.#needle;
    const bits = this.#bits;
    const changes = this.#changes.get(symbol) ?? this.#learn(symbol);
    const before = this.#before;
    const column = this.#column;
    const next = this.#next;
    next.costs[0] = 0;
    next.starts[0] = at + 1;
    next.information[0] = 0;
    for (let row = 1; row <= needle.length; row += 1) {
      const change = changes[row - 1] ?? EDIT;
      const own = bits[row - 1] ?? 0;
      const agreeing = change === EDIT ? 0 : change === 0 ? own : own / 2;
      next.costs[row] = IMPOSSIBLE;
      offer(next, row, column, row - 1, change, agreeing);
      offer(next, row, column, row, EDIT, 0);
      offer(next, row, next, row - 1, EDIT, 0);
      if (row > 1 && needle[row - 1] === previous && needle[row - 2] === symbol) {
        offer(next, row, before, row - 2, EDIT, own + (bits[row - 2] ?? 0));
      }
    }
    this.#before = column;
    this.#column = next;
    this.#next = before;
  }

  #learn(symbol: number): Uint8Array {
    const changes = this.#changesTo(symbol);
    this.#changes.set(symbol, changes);
    return changes;
  }

  #changesTo(symbol: number): Uint8Array {
    const sounds = this.#sounds;
    const heard = sounds.has(soundOf(symbol)) || otherSoundsOf(symbol).some((s) => sounds.has(s));
    if (!heard) return this.#unlike;
    const changes = this.#unlike.slice();
    for (let row = 0; row < changes.length; row += 1) {
      const own = this.#needle[row] ?? BOUNDARY;
      if (own === symbol) changes[row] = 0;
      else if (soundAlike(own, symbol)) changes[row] = HOMOPHONE;
    }
    return changes;
  }
}

/** Goes on from a place in a column if that is the best way so far: it costs less, or as much and agrees more. */
function offer(
  next: Column,
  row: number,
  from: Column,
  source: number,
  change: number,
  agreeing: number,
): void {
  const cost = (from.costs[source] ?? 0) + change;
  const most = next.costs[row] ?? 0;
  if (cost > most) return;
  const information = (from.information[source] ?? 0) + agreeing;
  if (cost === most && information <= (next.information[row] ?? 0)) return;
  next.costs[row] = cost;
  next.starts[row] = from.starts[source] ?? 0;
  next.information[row] = information;
}

function emptyColumn(size: number): Column {
  return {
    costs: new Int32Array(size + 1),
    starts: new Int32Array(size + 1),
    information: new Float32Array(size + 1),
  };
}
