import fc from 'fast-check';

/** Any UTF-16 units: halves of surrogate pairs and all. */
const brokenText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

export const nastyText: fc.Arbitrary<string> = fc.oneof(
  brokenText,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\0',
      '学\0而',
      '\ud800',
      '\udfff学',
      '\u202e学而时习之',
      '\ufeff',
      '\u200b\u2060',
    ],
    ...[
      '👩‍👩‍👧‍👦'.repeat(9),
      'e\u0301'.repeat(90),
      '𠮷'.repeat(33),
      '\r\nSet-Cookie: a=b',
      '%00',
      '../../etc/passwd',
    ],
    ...[
      "' or 1=1 --",
      '";drop table users;--',
      '<script>alert(1)</script>',
      '{{7*7}}',
      '%',
      '_',
      '\\',
      '\\%',
    ],
    ...[
      '__proto__',
      'constructor',
      'null',
      'undefined',
      'NaN',
      '-0',
      '1e309',
      '0x10',
      'true',
      '[]',
      '{}',
    ],
    ...['9'.repeat(400), '学'.repeat(4_001), 'a'.repeat(70_000)],
    ...[
      '0000-00-00T00:00:00Z',
      '+275760-09-13T00:00:00.001Z',
      '2026-02-30',
      '-271821-04-20T00:00:00Z',
    ],
    ...['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ),
);

const nastyNumber = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(-1, 0, -0, 0.1, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, -(2 ** 63), 1e21, 1e300),
);

/** Something that JSON can say and hardly anybody expects; `undefined` leaves the place empty. */
export const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: nastyText },
  { weight: 2, arbitrary: nastyNumber },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false, undefined, [], {}, [[]], [null]) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.array(nastyText, { minLength: 1, maxLength: 60 }) },
);
