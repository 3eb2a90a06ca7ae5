import fc from 'fast-check';
import { z } from 'zod';
import { badBodies } from './bad-bodies.ts';
import { nastyText } from './nasty-values.ts';
import { nearlyFitting, type Schema, schemaOf } from './schema-values.ts';

const media = z.record(z.string(), z.object({ schema: schemaOf.optional() }));
const operationOf = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: schemaOf })).default([]),
  requestBody: z.object({ content: media }).optional(),
});
export const documentOf = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationOf)),
});
type Operation = z.infer<typeof operationOf>;

export interface BadRequest {
  method: string;
  /** Percent-encoded where HTTP needs it, and sometimes wrongly. */
  target: string;
  /** A key of the tokens there are, or `nobody`. */
  caller: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

export interface Surroundings {
  /** Names of the tokens, good and bad. */
  callers: readonly string[];
  /** Ids of things that exist, by the path they stand in: `/api/sessions/` and so on. */
  ids: Record<string, readonly string[]>;
}

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'LOCK',
];

const BODILESS = ['GET', 'HEAD', 'OPTIONS'];

/** Requests for every operation of the document, hardly one of them sound. */
export function badRequests(
  { paths }: z.infer<typeof documentOf>,
  surroundings: Surroundings,
): fc.Arbitrary<BadRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      requestsFor(method.toUpperCase(), path, operation, surroundings),
    ),
  );
  return fc.oneof(...operations);
}

function requestsFor(
  method: string,
  path: string,
  { parameters, requestBody }: Operation,
  { callers, ids }: Surroundings,
): fc.Arbitrary<BadRequest> {
  const content = requestBody?.content ?? {};
  const known = Object.values(ids).flat();
  return fc
    .record({
      method: fc.oneof({ weight: 12, arbitrary: fc.constant(method) }, fc.constantFrom(...METHODS)),
      path: pathsFor(path, ids),
      query: queriesFor(
        parameters.filter((each) => each.in === 'query'),
        known,
      ),
      caller: fc.constantFrom(...callers),
      headers: oddHeaders,
      body: badBodies(content['application/json']?.schema, Object.keys(content), known),
    })
    .map(({ body, query, headers, ...request }) => ({
      method: request.method,
      target: request.path + query,
      caller: request.caller,
      headers: { ...headers, ...body.headers },
      body: headers.upgrade || BODILESS.includes(request.method) ? undefined : body.bytes,
    }));
}

const badSegment = fc.oneof(
  nastyText.map((text) => encodeURIComponent(text.slice(0, 2_000).toWellFormed())),
  fc.constantFrom('%', '%zz', '%c3%28', '%ed%a0%80', '%00', '%2e%2e%2f', '..', '*', '', '1', '-1'),
  fc.uuid(),
);

function pathsFor(path: string, ids: Record<string, readonly string[]>): fc.Arbitrary<string> {
  const pieces = path.split(/\{\w+\}/);
  const gaps = pieces.slice(0, -1).map((_piece, index) => {
    const before = pieces.slice(0, index + 1).join('');
    const known = Object.entries(ids).find(([prefix]) => before.endsWith(prefix))?.[1] ?? ['1'];
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, badSegment);
  });
  return fc
    .tuple(...gaps)
    .map((filled) => pieces.map((piece, index) => piece + (filled[index] ?? '')).join(''));
}

function queriesFor(
  parameters: readonly { name: string; schema: Schema }[],
  ids: readonly string[],
): fc.Arbitrary<string> {
  const said = (value: unknown) => encodeURIComponent(String(value).toWellFormed().slice(0, 3_000));
  const named = parameters.map(({ name, schema }) =>
    fc
      .tuple(nearlyFitting(schema, ids), fc.constantFrom('', '', '', '[]', '[a]', '%00'))
      .map(([value, mark]) => `${name}${mark}=${said(value)}`),
  );
  const odd = fc.constantFrom(
    ...[
      '__proto__[polluted]=1',
      'constructor.prototype.polluted=1',
      'a'.repeat(3_000),
      '%',
      '&&==&',
    ],
    ...[
      'limit=1&limit=2',
      'limit=%ff',
      'cursor=%00',
      'cursor=e30',
      'q=%ed%a0%80',
      '='.repeat(2_000),
    ],
  );
  const whole =
    named.length === 0 ? odd : fc.oneof({ weight: 5, arbitrary: fc.oneof(...named) }, odd);
  const several = fc.array(whole, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    fc.constant(''),
    several.map((parts) => `?${parts.join('&')}`),
  );
}

/** What Node lets through in the value of a header. */
const headerText = nastyText.map((text) =>
  [...text.slice(0, 1_000)]
    .map((character) => (/[\x20-\x7e]/.test(character) ? character : '\xe9'))
    .join(''),
);

const headerOr = (...known: string[]) => fc.oneof(headerText, fc.constantFrom(...known));

const HEADERS: Record<string, fc.Arbitrary<string>> = {
  'idempotency-key': headerOr('one', 'two', 'three'),
  'x-request-id': headerText,
  accept: headerOr('text/event-stream', 'application/x-ndjson', '*/*'),
  'last-event-id': headerOr('1', '-1', '1e9', '99999999999999999999'),
  'x-guoxue-client': fc.constantFrom('web', 'x'),
  origin: headerOr('null', 'https://evil.example'),
  'sec-fetch-site': fc.constantFrom('cross-site', 'same-origin', 'x'),
  cookie: headerOr('guoxue_refresh=%ff', '__Secure-refresh=x; refresh=y', ';=;'),
  'x-device-id': headerText,
  'x-forwarded-for': headerOr('::1', '1.2.3.4, x', 'unknown'),
  host: headerOr('evil.example', ':', '['),
  range: fc.constantFrom('bytes=0-', 'bytes=-1', 'x'),
  'if-none-match': fc.constantFrom('*', 'W/""', 'x'),
  expect: fc.constantFrom('100-continue', 'x'),
  upgrade: fc.constantFrom('websocket', 'h2c'),
  'user-agent': headerText,
};

const wechatSignature: fc.Arbitrary<Record<string, string>> = fc.record({
  'wechatpay-signature': headerOr('WECHATPAY/SIGNTEST/x', 'AAAA'),
  'wechatpay-serial': headerOr('PUB_KEY_ID_1'),
  'wechatpay-timestamp': headerOr('1', String(Math.floor(Date.now() / 1_000))),
  'wechatpay-nonce': headerText,
});

/** One or two of them at most: several would mostly be refused for the same one. */
const oddHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 5,
    arbitrary: fc
      .array(
        fc.oneof(
          ...Object.entries(HEADERS).map(([name, value]) => fc.tuple(fc.constant(name), value)),
        ),
        { minLength: 1, maxLength: 2 },
      )
      .map((pairs): Record<string, string> => {
        const headers = Object.fromEntries(pairs);
        return headers.upgrade ? { ...headers, connection: 'upgrade' } : headers;
      }),
  },
  { weight: 1, arbitrary: wechatSignature },
);
