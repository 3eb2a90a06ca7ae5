import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { nastyText, nastyValue } from './nasty-values.ts';
import { nearlyFitting, type Schema } from './schema-values.ts';

export interface BadBody {
  bytes: Buffer | undefined;
  headers: Record<string, string>;
}

const JSON_TYPE = { 'content-type': 'application/json' };

const asJson = (value: unknown): BadBody => ({
  bytes: Buffer.from(JSON.stringify(value) ?? ''),
  headers: JSON_TYPE,
});

/** Text that a parser of JSON stumbles over, or thinks about for long. */
const brokenJson = fc
  .oneof(
    nastyText,
    fc.json().map((text) => text.slice(0, -1)),
    fc.json().map((text) => `\ufeff${text}`),
    fc.integer({ min: 10, max: 50_000 }).map((depth) => '['.repeat(depth)),
    fc
      .integer({ min: 10, max: 8_000 })
      .map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
    fc.constantFrom(
      ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'],
      ...[
        '{"content":1,"content":2}',
        '{"a":1e999}',
        '{"a":01}',
        "{'a':1}",
        '{"a":"\\ud800"}',
        '﻿',
        '\0',
      ],
      `{"content":"${'学'.repeat(40_000)}"}`,
    ),
  )
  .map((text) => ({ bytes: Buffer.from(text), headers: JSON_TYPE }));

/** Some begin as a picture or an archive does. */
const anyBytes = fc
  .tuple(
    fc.constantFrom(
      '',
      '89504e470d0a1a0a0000000d49484452',
      'ffd8ffe0',
      '52494646',
      '504b0304',
      'fffe',
    ),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([magic, bytes]) => ({
    bytes: Buffer.concat([Buffer.from(magic, 'hex'), bytes]),
    headers: JSON_TYPE,
  }));

const contentType = fc.constantFrom(
  ...['application/json', 'application/json; charset=utf-16', 'application/json; charset=gbk'],
  ...[
    'application/json; charset="',
    'application/json, text/plain',
    'text/plain',
    'application/xml',
  ],
  ...['application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary='],
  ...['multipart/form-data; boundary=b', 'application/x-ndjson', 'image/png', '*/*', '/', ';', ''],
);
const contentEncoding = fc.constantFrom(
  'gzip',
  'deflate',
  'br',
  'zstd',
  'identity',
  'x',
  'gzip, gzip',
);

/** Far larger once it is unpacked. */
const BOMB = gzipSync(Buffer.from(`{"content":"${'a'.repeat(3_000_000)}"}`));

const misnamed = (bodies: fc.Arbitrary<BadBody>): fc.Arbitrary<BadBody> =>
  fc
    .tuple(bodies, contentType, fc.option(contentEncoding, { nil: undefined }))
    .map(([{ bytes }, type, encoding]) => ({
      bytes,
      headers: {
        'content-type': type,
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      },
    }));

const form = fc
  .tuple(
    fc.array(fc.tuple(nastyText, nastyText, fc.boolean()), { maxLength: 6 }),
    fc.nat({ max: 9 }),
  )
  .map(([parts, cut]): BadBody => {
    const lines = parts.map(([name, value, isFile], index) => {
      const known = ['title', 'file', 'author', 'form'][index] ?? name.replaceAll(/["\r\n]/g, '');
      const file = isFile
        ? `; filename="${value.slice(0, 300).replaceAll(/["\r\n]/g, '')}.txt"`
        : '';
      return `--b\r\nContent-Disposition: form-data; name="${known}"${file}\r\n\r\n${value}\r\n`;
    });
    const whole = Buffer.from(`${lines.join('')}--b--\r\n`);
    return {
      bytes: whole.subarray(0, cut === 0 ? Math.floor(whole.length / 2) : undefined),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    };
  });

/** Bodies for one operation; `schema` is missing where it takes none. */
export function badBodies(
  schema: Schema | undefined,
  types: readonly string[],
  ids: readonly string[],
): fc.Arbitrary<BadBody> {
  const nearly = (schema ? nearlyFitting(schema, ids) : nastyValue).map(asJson);
  const none = fc.constant({ bytes: undefined, headers: {} });
  if (!schema && types.length === 0)
    return fc.oneof({ weight: 4, arbitrary: none }, nearly, anyBytes);
  const promised = fc
    .tuple(fc.oneof(nearly, brokenJson, anyBytes), fc.constantFrom(...types))
    .map(([{ bytes }, type]) => ({ bytes, headers: { 'content-type': type } }));
  return fc.oneof(
    { weight: 8, arbitrary: types.includes('multipart/form-data') ? form : nearly },
    { weight: 2, arbitrary: promised },
    { weight: 3, arbitrary: brokenJson },
    { weight: 1, arbitrary: anyBytes },
    { weight: 2, arbitrary: misnamed(fc.oneof(nearly, form, anyBytes)) },
    { weight: 1, arbitrary: none },
    fc.constantFrom(
      { bytes: BOMB, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
      { bytes: Buffer.alloc(150_000, 0x20), headers: JSON_TYPE },
    ),
  );
}
