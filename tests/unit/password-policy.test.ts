import fc from 'fast-check';
import {
  passwordFault,
  requireGoodPassword,
} from '../../backend/accounts/passwords/password-policy.ts';
import { AppError } from '../../backend/errors.ts';
import { PASSWORD } from '../support/service-client.ts';

const OWNER = ['yan.hui@example.org', '颜回不迁怒'];

function verdict(password: string, personal: readonly string[] = OWNER): string {
  const refusal = refusalOf(() => requireGoodPassword(password, personal));
  if (refusal === undefined) return 'good';
  if (!(refusal instanceof AppError)) throw refusal;
  expect(refusal).toMatchObject({ status: 400, slug: 'invalid_input' });
  expect(refusal.details).toEqual([{ path: 'password', message: expect.any(String) }]);
  return refusal.message;
}

function refusalOf(judge: () => void): unknown {
  try {
    judge();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A password is random where it has to be good. */
const alphabet = [...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%+-=?@_'];

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
    'meet me 2025-03-08 at the lake',
    'wo ai chi huoguo he jiaozi',
    '1990 was a good year',
    '三人行必有我师焉 2024',
    'Tr0ub4dor&3x',
    'guoxue is my favourite hour',
    'hxkqvbm19900101',
    '84120967',
    'zhangsan likes to fish',
    'summer in the mountains 2024',
  ])('may be «%s»', (password) => {
    expect(verdict(password)).toBe('good');
  });

  it('has 8 to 128 characters, counted as a person counts them, after normalising', () => {
    const long = '学而时习之不亦说乎'.repeat(15);
    expect(verdict(long.slice(0, 128))).toBe('good');
    expect(verdict(long.slice(0, 129))).toMatch(/最多 128/);
    expect(verdict('𠮷𠀀𠂉𠃋𠄌𠅘𠆢')).toMatch(/至少 8/);
    expect(verdict('𠮷𠀀𠂉𠃋𠄌𠅘𠆢𠇗')).toBe('good');
    // Four ligatures are eight letters, however they are typed.
    expect(verdict('ﬁﬂﬀﬃ')).toBe('good');
    expect(verdict('e\u0301'.repeat(7))).toMatch(/至少 8/);
    expect(verdict('')).toMatch(/至少 8/);
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
  ])('is not one that everybody has: «%s»', (password) => {
    expect(verdict(password)).toMatch(/太常见/);
  });

  it.each([
    'wodemima',
    'WoDeMiMa123',
    'woaini.2024',
    'xiaoming',
    'xiaoming123456',
    'wang900101',
    'zhangwei5201314',
    'woaixiaoming',
    'Summer2024!',
    'Spring-2025',
    '!!password!!',
    'iloveyou19990909',
    'nihao12345678',
    'beijing2008!!',
  ])('is not one that many have here: «%s»', (password) => {
    expect(verdict(password)).toMatch(/太常见/);
  });

  it.each([
    '19900101',
    '01011990',
    '12312024',
    '1990-01-01',
    '1990年1月1日',
    '2000/2/14',
    '20000214wang',
    'Zhang19991231',
    'w20000214h',
    '2000 02 14 li!',
  ])('is no day of the calendar: «%s»', (password) => {
    expect(verdict(password)).toMatch(/日期/);
  });

  it('is no day with a name around it, whichever day it is', () => {
    const day = fc.date({
      min: new Date('1900-01-01'),
      max: new Date('2099-12-31'),
      noInvalidDate: true,
    });
    const name = fc.stringMatching(/^[a-zA-Z]{0,5}$/);
    fc.assert(
      fc.property(day, name, fc.boolean(), (date, letters, first) => {
        const [year = '', month = '', dayOfMonth = ''] = date.toISOString().slice(0, 10).split('-');
        for (const text of [year + month + dayOfMonth, dayOfMonth + month + year]) {
          expect(verdict(first ? letters + text : text + letters)).not.toBe('good');
        }
      }),
    );
  });

  it('of ten random characters is good', () => {
    const random = fc
      .array(fc.constantFrom(...alphabet), { minLength: 10, maxLength: 40 })
      .filter((characters) => new Set(characters).size > 6)
      .map((characters) => characters.join(''));
    fc.assert(fc.property(random, (password) => expect(verdict(password)).toBe('good')));
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
  ])('is no plain row or repetition: «%s»', (password) => {
    expect(verdict(password)).toMatch(/重复或连续/);
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
    'guoxue12345',
    'admin@guoxue',
    'GuoXue@2024!',
    'woaiguoxue',
    'yanhuiyanhui',
  ])('is not its owner’s or the site’s name with next to nothing beside it: «%s»', (one) => {
    expect(verdict(one)).toMatch(/邮箱、昵称或本站/);
  });

  it('does not take a name of one or two letters, or none, for a secret that is given away', () => {
    expect(verdict('tqbfjotl', ['li@b.cn', 'q'])).toBe('good');
    expect(verdict('tqbfjotl', ['', ''])).toBe('good');
  });

  it('of random letters is always good, whoever chooses it', () => {
    const letters = fc.stringMatching(/^[a-z]{6}[A-Z]{6}\d[#-%]\d$/);
    fc.assert(
      fc.property(letters, (password) => {
        fc.pre(new Set(password.toLowerCase()).size > 9);
        expect(verdict(password)).toBe('good');
      }),
      { numRuns: 50 },
    );
  });

  it('is judged without ever failing, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (password, nickname) => {
        verdict(password, [nickname]);
      }),
      { numRuns: 200 },
    );
  });
});
