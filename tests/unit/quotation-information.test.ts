import { countSymbols, SymbolFrequencies } from '../../ai/rag/quotation-information.ts';
import { symbolsOf } from '../../ai/rag/quotation-symbols.ts';

const counted = (text: string) => countSymbols(symbolsOf(text));
const bits = (frequencies: SymbolFrequencies, character: string) =>
  frequencies.informationOf(symbolsOf(character))[0] ?? 0;

describe('what a character says', () => {
  it('is the more the rarer it is, and changes as works come and go', () => {
    const frequencies = new SymbolFrequencies();
    frequencies.merge(counted(`${'之'.repeat(900)}${'鹄'.repeat(90)}`), 1);
    expect(bits(frequencies, '之')).toBeLessThan(bits(frequencies, '鹄'));
    expect(bits(frequencies, '鹄')).toBeLessThan(bits(frequencies, '鵷'));
    const before = bits(frequencies, '鵷');
    const other = counted('鵷鶵'.repeat(200));
    frequencies.merge(other, 1);
    expect(bits(frequencies, '鵷')).toBeLessThan(before);
    frequencies.merge(other, -1);
    expect(bits(frequencies, '鵷')).toBe(before);
  });
});

describe('an agreement', () => {
  const frequencies = new SymbolFrequencies();
  frequencies.merge(counted('学而时习之'.repeat(80_000)), 1);

  it('is an accident where it says less than a library of that size holds by chance', () => {
    expect(frequencies.significanceOf(5, 1, 30)).toBeLessThan(0);
    expect(frequencies.significanceOf(5, 1, 40)).toBeGreaterThan(0);
    expect(new SymbolFrequencies().significanceOf(5, 1, 30)).toBeGreaterThan(0);
  });

  it('means less with each difference, and nothing with more than three in ten', () => {
    const withDifferences = [0, 1, 2, 3].map((n) => frequencies.significanceOf(10, n, 90));
    expect(withDifferences).toEqual(withDifferences.toSorted((a, b) => b - a));
    expect(withDifferences[3]).toBeGreaterThan(0);
    expect(frequencies.significanceOf(10, 3.4, 900)).toBe(-Infinity);
    expect(frequencies.significanceOf(3, 1, 900)).toBeGreaterThan(0);
  });
});
