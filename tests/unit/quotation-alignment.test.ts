import { EDIT, HOMOPHONE, QuotationAligner } from '../../ai/rag/quotation-alignment.ts';
import { BOUNDARY, symbolsOf } from '../../ai/rag/quotation-symbols.ts';
import { createRandom } from '../support/random.ts';

const align = (needle: string, text: string) => {
  const symbols = symbolsOf(needle);
  const bits = new Float32Array(symbols.length).fill(10);
  const inText = symbolsOf(text);
  return new QuotationAligner(symbols, bits).align(inText, 0, inText.length);
};

const SOUNDS: Record<string, string> = { 天: 'tian', 田: 'tian', 地: 'di', 帝: 'di', 玄: 'xuan' };

function difference(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  return SOUNDS[a ?? ''] === SOUNDS[b ?? ''] ? HOMOPHONE : EDIT;
}

/** By the definition: the last characters are changed, swapped, missing or added. */
function costOf(a: string, b: string): number {
  if (a === '' || b === '') return (a.length + b.length) * EDIT;
  const changed = costOf(a.slice(0, -1), b.slice(0, -1)) + difference(a.at(-1), b.at(-1));
  const missing = costOf(a, b.slice(0, -1)) + EDIT;
  const added = costOf(a.slice(0, -1), b) + EDIT;
  const isSwap = a.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  const swapped = isSwap ? costOf(a.slice(0, -2), b.slice(0, -2)) + EDIT : Infinity;
  return Math.min(changed, missing, added, swapped);
}

function smallestCost(needle: string, text: string): number {
  let smallest = needle.length * EDIT;
  for (let start = 0; start <= text.length; start += 1) {
    for (let end = start; end <= text.length; end += 1) {
      smallest = Math.min(smallest, costOf(needle, text.slice(start, end)));
    }
  }
  return smallest;
}

describe('aligning a quotation with a text', () => {
  it('finds a run as near as trying every run shows, and as far as it says', () => {
    const random = createRandom(3);
    for (let round = 0; round < 200; round += 1) {
      const needle = random.text([...'天田地帝玄'], random.below(5));
      const text = random.text([...'天田地帝玄'], random.below(8));
      const { start, end, cost } = align(needle, text);
      expect(cost).toBe(smallestCost(needle, text));
      expect(costOf(needle, text.slice(start, end))).toBe(cost);
    }
  });

  it.each([
    ['a wrong last character', '学而不思则凸', EDIT],
    ['a wrong first character', '觉而不思则罔', EDIT],
    ['a homophone', '学而不思则网', HOMOPHONE],
    ['a missing character', '学而不则罔', EDIT],
    ['an added character', '学而不思也则罔', EDIT],
    ['two neighbours in each other’s place', '学而思不则罔', EDIT],
  ])('takes the whole sentence for %s, and counts one difference', (_, needle, cost) => {
    const text = '子曰学而不思则罔思而不学则殆';
    const run = align(needle, text);
    expect(text.slice(run.start, run.end)).toBe('学而不思则罔');
    expect(run.cost).toBe(cost);
  });

  it('adds up what the agreeing characters say, homophones by half', () => {
    expect(align('学而不思则罔', '学而不思则罔').information).toBe(60);
    expect(align('学而不思则网', '学而不思则罔').information).toBe(55);
    expect(align('学而思不则罔', '学而不思则罔').information).toBe(60);
    expect(align('学而不思则凸', '学而不思则殆').information).toBe(50);
  });

  it('takes, of equal ways, the one on which more agrees', () => {
    const text = '愿言思伯甘心首疾';
    const run = align('愿言思甘', text);
    expect([text.slice(run.start, run.end), run.information]).toEqual(['愿言思伯甘', 40]);
  });

  it('counts a character beyond the basic plane as one', () => {
    const { start, end, cost } = align('厹矛鋈蒙伐有苑', '俴驷孔群厹矛鋈𬭚蒙伐有苑');
    expect([start, end, cost]).toEqual([4, 12, EDIT]);
  });

  it('does not go from one chapter into the next', () => {
    const text = Uint16Array.of(...symbolsOf('天地'), BOUNDARY, ...symbolsOf('玄黄'));
    const aligner = new QuotationAligner(symbolsOf('地玄'), new Float32Array(2));
    expect(aligner.align(text, 0, text.length).cost).toBe(EDIT);
  });

  it('is nowhere in an empty text, and costs the whole quotation', () => {
    expect(align('学而', '')).toEqual({ start: 0, end: 0, cost: 2 * EDIT, information: 0 });
    expect(align('', '学而').cost).toBe(0);
  });
});
