import { soundAlike, symbolsOf } from '../../ai/rag/quotation-symbols.ts';

const alike = (pair: string) => {
  const [a = 0, b = 0] = symbolsOf(pair);
  return soundAlike(a, b);
};

describe('the symbols of the quotation index', () => {
  it('are one a character, also beyond the basic plane, and always the same', () => {
    expect(symbolsOf('天𠀀地𠀁')).toHaveLength(4);
    const [one, two, again] = symbolsOf('𠀀𠀁𠀀');
    expect(one).toBe(again);
    expect(one).not.toBe(two);
    expect(symbolsOf('')).toHaveLength(0);
  });

  it('sound alike whatever the tone, and in any of the ways they are read', () => {
    for (const pair of ['天田', '罔网', '行形', '航行', '学学']) expect(alike(pair)).toBe(true);
    for (const pair of ['天地', '行走', 'ab', '阿a', '𠀀天']) expect(alike(pair)).toBe(false);
  });
});
