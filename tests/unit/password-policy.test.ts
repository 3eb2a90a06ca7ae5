import fc from 'fast-check';
import {
  passwordFault,
  requireGoodPassword,
} from '../../backend/accounts/passwords/password-policy.ts';
import { AppError } from '../../backend/errors.ts';
import { PASSWORD } from '../support/service-client.ts';

const OWNER = ['yan.hui@example.org', '颜回不迁怒'];

async function verdict(password: string, personal: readonly string[] = OWNER): Promise<string> {
  const refusal: unknown = await requireGoodPassword(password, personal).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refusal === undefined) return 'good';
  if (!(refusal instanceof AppError)) throw refusal;
  expect(refusal).toMatchObject({ status: 400, slug: 'invalid_input' });
  expect(refusal.details).toEqual([{ path: 'password', message: expect.any(String) }]);
  return refusal.message;
}

describe('a new password', () => {
  it.each([
    PASSWORD,
    'correct horse battery staple',
    'kV9#mQ2x',
    'tqbfjotld',
    '吾日三省吾身为人谋而不忠乎',
    '春眠不觉晓处处闻',
    ' leading and trailing blanks ',
    '🎋🍵🏮🐉🀄🧧📜🖌',
    'no digits no capitals',
    'yanhui met confucius',
    'study guoxue every morning',
  ])('may be «%s»', async (password) => {
    expect(await verdict(password)).toBe('good');
  });

  it('has 8 to 128 characters, counted as a person counts them, after normalising', async () => {
    const long = '学而时习之不亦说乎'.repeat(15);
    expect(await verdict(long.slice(0, 128))).toBe('good');
    expect(await verdict(long.slice(0, 129))).toMatch(/最多 128/);
    expect(await verdict('𠮷𠀀𠂉𠃋𠄌𠅘𠆢')).toMatch(/至少 8/);
    expect(await verdict('𠮷𠀀𠂉𠃋𠄌𠅘𠆢𠇗')).toBe('good');
    // Four ligatures are eight letters, however they are typed.
    expect(await verdict('ﬁﬂﬀﬃ')).toBe('good');
    expect(await verdict('e\u0301'.repeat(7))).toMatch(/至少 8/);
    expect(await verdict('')).toMatch(/至少 8/);
  });

  it('is not computed with when it is absurdly long', () => {
    expect(passwordFault('ﷺ'.repeat(60_000))).toMatch(/最多 128/);
  });

  it.each([
    'password',
    'PassWord',
    '159357456',
    'iloveyou',
    'qwertyuiop',
    '1q2w3e4r',
    'a1b2c3d4',
    'woaini1314',
    '5201314woaini',
    'password2024',
    'Password123!',
    'ｐａｓｓｗｏｒｄ',
    'pass word',
    'sunshine!!',
  ])('is not one that everybody has: «%s»', async (password) => {
    expect(await verdict(password)).toMatch(/太常见/);
  });

  it.each([
    'aaaaaaaa',
    '学学学学学学学学',
    '23456789',
    '987654321',
    '7890123456',
    'abcdefgh',
    'hgfedcba',
    'abababababab',
    '123123123',
    '学习学习学习学习',
    'aaaa1111',
    'abcdef123456',
    '        ',
    'a b c d e f g h',
  ])('is no plain row or repetition: «%s»', async (password) => {
    expect(await verdict(password)).toMatch(/重复或连续/);
  });

  it.each([
    'yan.hui@example.org',
    'YAN.HUI@EXAMPLE.ORG',
    'yanhui2024',
    'yan-hui-1990',
    '颜回不迁怒1234',
    '123颜回不迁怒',
    'guoxue2024',
    'guoxue-tutor',
    '国学国学国学 88',
    '国学导师2024',
    'yanhuiyanhui',
  ])('is not its owner’s or the site’s name with next to nothing beside it: «%s»', async (one) => {
    expect(await verdict(one)).toMatch(/邮箱、昵称或本站/);
  });

  it('does not take a name of one or two letters, or none, for a secret that is given away', async () => {
    expect(await verdict('tqbfjotl', ['li@b.cn', 'q'])).toBe('good');
    expect(await verdict('tqbfjotl', ['', ''])).toBe('good');
  });

  it('of random letters is always good, whoever chooses it', async () => {
    const letters = fc.stringMatching(/^[a-z]{6}[A-Z]{6}\d[#-%]\d$/);
    await fc.assert(
      fc.asyncProperty(letters, async (password) => {
        fc.pre(new Set(password.toLowerCase()).size > 9);
        expect(await verdict(password)).toBe('good');
      }),
      { numRuns: 50 },
    );
  });

  it('is judged without ever failing, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (password, nickname) => {
        await verdict(password, [nickname]);
      }),
      { numRuns: 200 },
    );
  });
});
