const ALPHABET = 0x10000;
/** A library of a few pages says little about how common a character is: so much is assumed of each. */
const ASSUMED_COUNT = 5;
const ASSUMED_TOTAL = 20_000;
/** Bits that a difference takes away: so many times more quotations would then fit as well. */
const BITS_OF_A_DIFFERENCE = 8;
/** An accident that is expected once in so many bits of libraries is taken for none. */
const BITS_OF_CERTAINTY = 8;
/** More than three differences in ten make another sentence, however much it agrees; one is always a slip. */
const MOST_DIFFERENT = 0.3;

const counted = new Uint32Array(ALPHABET);

/** How often each symbol occurs in a text. */
export interface SymbolCounts {
  readonly symbols: Uint16Array;
  readonly counts: Uint32Array;
}

export function countSymbols(text: Uint16Array): SymbolCounts {
  const met: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const symbol = text[at] ?? 0;
    const count = counted[symbol] ?? 0;
    if (count === 0) met.push(symbol);
    counted[symbol] = count + 1;
  }
  const symbols = Uint16Array.from(met);
  const counts = Uint32Array.from(met, (symbol) => counted[symbol] ?? 0);
  for (const symbol of met) counted[symbol] = 0;
  return { symbols, counts };
}

/** How common each symbol is in a library whose works come and go. */
export class SymbolFrequencies {
  readonly #counts = new Uint32Array(ALPHABET);
  #total = 0;

  merge({ symbols, counts }: SymbolCounts, sign: 1 | -1): void {
    symbols.forEach((symbol, n) => {
      const count = sign * (counts[n] ?? 0);
      this.#counts[symbol] = (this.#counts[symbol] ?? 0) + count;
      this.#total += count;
    });
  }

  /** What meeting each of these symbols says, in bits. */
  informationOf(symbols: Uint16Array): Float32Array {
    return Float32Array.from(symbols, (symbol) => {
      const count = (this.#counts[symbol] ?? 0) + ASSUMED_COUNT;
      // In whole eighths of a bit, so that sums are exact and equal ones are equal.
      return Math.round(8 * Math.log2((this.#total + ASSUMED_TOTAL) / count)) / 8;
    });
  }

  /**
   * By how many bits more agrees than by accident; negative where it may be one. The number of places
   * in the library that would agree as much by chance (the E-value of S. Karlin & S. F. Altschul 1990,
   * «Methods for assessing the statistical significance of molecular sequence features by using
   * general scoring schemes») grows with the library and with each difference, and falls with what
   * the agreement says. So four common characters may have no slip, and a long quotation several.
   */
  significanceOf(length: number, differences: number, information: number): number {
    if (differences > Math.max(1, MOST_DIFFERENT * length)) return -Infinity;
    const byChance = Math.log2(this.#total + 1) + BITS_OF_A_DIFFERENCE * differences;
    return information - byChance - BITS_OF_CERTAINTY;
  }
}
