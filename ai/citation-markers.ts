/** Both of the same length, or what an answer shows would depend on how it was cut while it came. */
const MARKER = /\[([\d,，、\s]{0,80})\]/g;
const MAY_BECOME_MARKER = /^\[[\d,，、\s]{0,80}$/;

/**
 * Lets an answer pass while it is written, but drops `[n]` that points at no passage that was given:
 * a citation that was not retrieved is never shown. Text that may be the beginning of a marker waits
 * for its end. `[1, 2]` becomes `[1][2]`.
 */
export class CitationMarkers {
  readonly #known: ReadonlySet<number>;
  #waiting = '';

  constructor(known: Iterable<number>) {
    this.#known = new Set(known);
  }

  push(text: string): string {
    const whole = this.#waiting + text;
    const open = whole.lastIndexOf('[');
    const unfinished = open >= 0 && MAY_BECOME_MARKER.test(whole.slice(open));
    this.#waiting = unfinished ? whole.slice(open) : '';
    return this.#resolve(unfinished ? whole.slice(0, open) : whole);
  }

  /** What still waits when the answer ends. */
  end(): string {
    const rest = this.#waiting;
    this.#waiting = '';
    return rest;
  }

  #resolve(text: string): string {
    return text.replace(MARKER, (marker, inside: string) => {
      const numbers = inside.match(/\d+/g);
      if (!numbers) return marker;
      const known = numbers.map(Number).filter((number) => this.#known.has(number));
      return known.map((number) => `[${number}]`).join('');
    });
  }
}
