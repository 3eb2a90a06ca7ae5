import fc from 'fast-check';
import {
  hashRedeemCode,
  hintOf,
  newRedeemCode,
  readRedeemCode,
} from '../../backend/billing/redeem/redeem-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const plain = (code: string) => code.replaceAll('-', '');
const position = fc.integer({ min: 0, max: 27 });
const character = fc.constantFrom(...ALPHABET);
const replaced = (code: string, at: number, by: string) =>
  code.slice(0, at) + by + code.slice(at + 1);

describe('a redeem code', () => {
  it('is seven groups of four characters that are not mistaken for each other', () => {
    for (let n = 0; n < 200; n += 1) {
      expect(newRedeemCode()).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    }
  });

  it('uses every character in every place that is left to chance', () => {
    const codes = Array.from({ length: 2_000 }, () => plain(newRedeemCode()));
    expect(new Set(codes).size).toBe(codes.length);
    for (let at = 0; at < 26; at += 1) {
      expect(new Set(codes.map((code) => code[at])).size).toBe(32);
    }
  });

  it.each<[string, (code: string) => string]>([
    ['as it is printed', (code) => code],
    ['in small letters', (code) => code.toLowerCase()],
    ['without dashes', plain],
    ['with spaces', (code) => ` ${code.replaceAll('-', ' ')} `],
    ['with a Chinese dash', (code) => code.replaceAll('-', '—')],
    [
      'in full width',
      (code) =>
        code.replaceAll(/[!-~]/g, (each) =>
          String.fromCodePoint((each.codePointAt(0) ?? 0) + 0xfee0),
        ),
    ],
    ['with O for 0 and l for 1', (code) => code.replaceAll('0', 'o').replaceAll('1', 'l')],
    ['with I for 1', (code) => code.replaceAll('1', 'I')],
  ])('is read %s', (_, type) => {
    for (let n = 0; n < 50; n += 1) {
      const code = newRedeemCode();
      expect(readRedeemCode(type(code))).toBe(plain(code));
    }
  });

  it('with one wrong character is a typing mistake', () => {
    fc.assert(
      fc.property(position, character, (at, wrong) => {
        const code = plain(newRedeemCode());
        fc.pre(code[at] !== wrong);
        expect(readRedeemCode(replaced(code, at, wrong))).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('with two neighbours in the wrong order is a typing mistake', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 26 }), (at) => {
        const code = plain(newRedeemCode());
        const [one = '', other = ''] = [code[at], code[at + 1]];
        fc.pre(one !== other);
        const typed = replaced(replaced(code, at, other), at + 1, one);
        expect(readRedeemCode(typed)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['', '学而', 'U'.repeat(28), '0'.repeat(27), '0'.repeat(29), `${'0'.repeat(26)}01`])(
    'is not «%s»',
    (typed) => expect(readRedeemCode(typed)).toBeUndefined(),
  );

  it('is whatever else somebody may send not either, and nothing breaks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (typed) => {
        expect(readRedeemCode(typed)).toBeUndefined();
      }),
    );
  });

  it('is kept as a hash from which it does not show', () => {
    const [one, other] = [plain(newRedeemCode()), plain(newRedeemCode())];
    expect(hashRedeemCode(one)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashRedeemCode(one)).not.toBe(hashRedeemCode(other));
    expect(one.endsWith(hintOf(one))).toBe(true);
    expect(hintOf(one)).toHaveLength(4);
  });
});
