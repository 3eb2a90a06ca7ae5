import { createHmac } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import type { Login } from '../contract-schemas.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What somebody might send who has no token, or no longer; `secret` is the one that counts. */
export function badTokens(
  { accessToken, refreshToken }: Login,
  secret: string,
): Record<string, string> {
  const [head = '', claims = '', signature = ''] = accessToken.split('.');
  const said = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const [own, header] = [said(claims), said(head)];
  const forged = (changes: object, key = 'a key of somebody else, long enough for it') => {
    const unsigned = `${encoded(header)}.${encoded({ ...own, ...changes })}`;
    return `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
  };
  const { iat: _iat, ...lasting } = own;
  const over = jsonwebtoken.sign({ ...lasting, exp: 1 }, secret, { keyid: header.kid });
  const bearer = {
    over,
    unsigned: `${encoded({ ...header, alg: 'none' })}.${claims}.`,
    tampered: `${head}.${encoded({ ...own, role: 'admin' })}.${signature}`,
    foreign: forged({}),
    'foreign and over': forged({ exp: 1 }),
    'with another key named': `${encoded({ ...header, kid: "' or 1=1" })}.${claims}.${signature}`,
    'for renewing': refreshToken,
    'without end': 'a'.repeat(9_000),
    broken: '\xe9..',
    empty: '',
  };
  return {
    ...Object.fromEntries(
      Object.entries(bearer).map(([name, token]) => [`token ${name}`, `Bearer ${token}`]),
    ),
    'other scheme': `Basic ${Buffer.from('admin:admin').toString('base64')}`,
  };
}
