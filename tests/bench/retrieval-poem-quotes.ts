import type { Passage } from '../../ai/passage.ts';
import { checkQuote } from '../../ai/quotes.ts';
import type { PassageLibrary } from '../../ai/rag/passage-library.ts';
import { createRandom } from '../support/random.ts';
import { percentile, tableOf, time } from './retrieval-report.ts';

const SEED = 20_261_121;
const QUOTES = 200;
const FEWEST_CHARACTERS = 7;
const MOST_CHARACTERS = 20;

/** How long it takes to check quotations: as they stand, with a character replaced, with all in another order. */
export function quoteTable(passages: readonly Passage[], library: PassageLibrary): string {
  const random = createRandom(SEED);
  const lines: string[] = [];
  while (lines.length < QUOTES) {
    const characters = [...random.pick(passages).text.replace(/\P{Script=Han}/gu, '')];
    if (characters.length >= FEWEST_CHARACTERS) {
      lines.push(characters.slice(0, FEWEST_CHARACTERS + random.below(MOST_CHARACTERS)).join(''));
    }
  }
  const all = [...lines.join('')];
  const kinds: Record<string, (line: string) => string> = {
    'as they stand': (line) => line,
    'a character replaced': (line) => {
      const characters = [...line];
      characters[random.below(characters.length)] = random.pick(all);
      return characters.join('');
    },
    'characters of several, which nobody wrote': (line) => random.text(all, [...line].length),
  };
  const rows = Object.entries(kinds).map(([kind, quoted]) => {
    const checked = lines.map(quoted).map((quote) => {
      const began = performance.now();
      const { verdict } = checkQuote(quote, library);
      return { verdict, milliseconds: performance.now() - began };
    });
    const count = (wanted: string) => checked.filter(({ verdict }) => verdict === wanted).length;
    const times = checked.map(({ milliseconds }) => milliseconds);
    const spread = [0.5, 0.95].map((share) => time(percentile(times, share)));
    return [kind, ...spread, `${count('exact')} / ${count('variant')} / ${count('unknown')}`];
  });
  const head = [`${QUOTES} quotations each, checked`, 'p50', 'p95', 'exact / variant / unknown'];
  return tableOf(head, rows);
}
