/** A piece of text that is never cut, and how well a passage may end after it. */
export interface Atom {
  text: string;
  startsParagraph: boolean;
  cut: 'good' | 'fair' | 'bad';
}

/** In Han characters. */
export interface PassageSize {
  ideal: number;
  longest: number;
}

const CUT_COST = { good: 0, fair: 0.15, bad: 4 };
const OVERLONG_COST = 6;

/** Whether a code unit of the basic plane counts, as far as it has been met. */
const counts = new Uint8Array(0x10000);
const COUNTS = 1;
const COUNTS_NOT = 2;

export function hanLength(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const code = text.codePointAt(index) ?? unit;
      if (countsAsHan(code)) length += 1;
      if (code > 0xffff) index += 1;
    } else {
      counts[unit] ||= countsAsHan(unit) ? COUNTS : COUNTS_NOT;
      if (counts[unit] === COUNTS) length += 1;
    }
  }
  return length;
}

function countsAsHan(code: number): boolean {
  return /^[\p{Script=Han}○●□]$/u.test(String.fromCodePoint(code));
}

/**
 * Joins atoms to passages of nearly equal length, at most `longest` where the atoms allow it: of all
 * ways to cut, the one with the least sum of squared distances from the ideal and of poor cuts.
 */
export function balance(atoms: Atom[], size: PassageSize): string[] {
  return balancedGroups(atoms, size).map(join);
}

/** The same, as the atoms of each passage. */
export function balancedGroups<Piece extends Atom>(atoms: Piece[], size: PassageSize): Piece[][] {
  const lengths = atoms.map((atom) => hanLength(atom.text));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total <= size.longest) return atoms.length > 0 ? [atoms] : [];
  const ideal = total / Math.max(2, Math.round(total / size.ideal));
  const starts = cheapestStarts(atoms, lengths, { ...size, ideal });
  return starts.map((start, index) => atoms.slice(start, starts[index + 1]));
}

/** Where each passage begins, found from the end of the text backwards. */
function cheapestStarts(atoms: Atom[], lengths: number[], size: PassageSize): number[] {
  const cost = [0];
  const from = [0];
  for (let end = 1; end <= atoms.length; end += 1) {
    const last = atoms[end - 1];
    const cut = end < atoms.length && last ? CUT_COST[last.cut] : 0;
    let best = Number.POSITIVE_INFINITY;
    let length = 0;
    for (let start = end - 1; start >= 0; start -= 1) {
      length += lengths[start] ?? 0;
      if (length > size.longest * 2 && start < end - 1) break;
      const candidate = (cost[start] ?? 0) + passageCost(length, size) + cut;
      if (candidate < best) {
        best = candidate;
        from[end] = start;
      }
    }
    cost[end] = best;
  }
  return traceBack(from, atoms.length);
}

function passageCost(length: number, { ideal, longest }: PassageSize): number {
  const distance = (length - ideal) / ideal;
  const excess = Math.max(0, length - longest) / longest;
  return distance * distance + (excess > 0 ? OVERLONG_COST * (1 + excess) : 0);
}

function traceBack(from: number[], end: number): number[] {
  const starts: number[] = [];
  for (let position = end; position > 0; position = from[position] ?? 0) {
    starts.unshift(from[position] ?? 0);
  }
  return starts;
}

function join(atoms: readonly Atom[]): string {
  return atoms
    .map((atom, index) => (atom.startsParagraph && index > 0 ? '\n' : '') + atom.text)
    .join('');
}
