import { textPieces } from '../../backend/moderation/text-pieces.ts';

describe('a text in pieces', () => {
  it('is one piece as long as it fits', () => {
    expect(textPieces('学而时习之', 100)).toEqual(['学而时习之']);
    expect(textPieces(' 学\n', 100)).toEqual(['学']);
    expect(textPieces('a'.repeat(100), 100)).toEqual(['a'.repeat(100)]);
    expect(textPieces('  ', 100)).toEqual([]);
  });

  it.each([101, 150, 151, 999, 4_000])(
    'of %i characters loses none, and parts no words',
    (length) => {
      const characters = Array.from({ length }, (_, n) => String.fromCodePoint(0x20000 + n));
      const pieces = textPieces(characters.join(''), 100).map((piece) => [...piece]);
      expect(pieces.every((piece) => piece.length <= 100)).toBe(true);
      for (let start = 0; start + 50 <= length; start += 1) {
        const words = characters.slice(start, start + 50).join('');
        expect(pieces.some((piece) => piece.join('').includes(words))).toBe(true);
      }
    },
  );
});
