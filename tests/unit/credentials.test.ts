import jsonwebtoken from 'jsonwebtoken';
import { hashPassword, passwordMatches } from '../../backend/accounts/passwords.ts';
import {
  ACCESS_TOKEN_SECONDS,
  hashRefreshToken,
  newRefreshToken,
  REFRESH_TOKEN_DAYS,
  refreshTokenExpiry,
  signAccessToken,
} from '../../backend/accounts/tokens.ts';

describe('a password', () => {
  it('opens with itself and nothing else', async () => {
    const stored = await hashPassword('學而時習之 123');
    expect(await passwordMatches(stored, '學而時習之 123')).toBe(true);
    for (const wrong of ['學而時習之 124', '学而时习之 123', '', '學而時習之 123 ']) {
      expect(await passwordMatches(stored, wrong)).toBe(false);
    }
  });

  it('is the same however the keyboard composes it', async () => {
    const stored = await hashPassword('café１２３');
    expect(await passwordMatches(stored, 'cafe\u0301123')).toBe(true);
  });

  it('is stored with argon2id, salted, and not as it is', async () => {
    const [one, other] = [await hashPassword('same words'), await hashPassword('same words')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(one).not.toContain('same');
  });

  it('opens nothing where none is stored, not even the decoy', async () => {
    expect(await passwordMatches(null, 'an address nobody has')).toBe(false);
    expect(await passwordMatches(null, '')).toBe(false);
  });
});

describe('an access token', () => {
  const secret = 'a-secret-of-at-least-32-characters';
  const accept = (token: string, key = secret) =>
    jsonwebtoken.verify(token, key, { algorithms: ['HS256'], issuer: 'guoxue' });

  it('says who it is for, and for how long', () => {
    const payload = accept(signAccessToken(secret, 'user-1'));
    if (typeof payload === 'string') throw new Error('expected claims');
    expect(payload.sub).toBe('user-1');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(ACCESS_TOKEN_SECONDS);
    expect(Object.keys(payload).sort()).toEqual(['exp', 'iat', 'iss', 'sub']);
  });

  it('is refused under another secret, or when a character of it is changed', () => {
    const token = signAccessToken(secret, 'user-1');
    expect(() => accept(token, `${secret}!`)).toThrow();
    const [head, claims, signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'admin', iss: 'guoxue' }));
    expect(() => accept([head, forged.toString('base64url'), signature].join('.'))).toThrow();
    expect(() => accept([head, claims, ''].join('.'))).toThrow();
  });
});

describe('a refresh token', () => {
  it('is long, random and safe in a URL', () => {
    const tokens = Array.from({ length: 50 }, newRefreshToken);
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it('is stored as a hash that is always the same and does not hold it', () => {
    const token = newRefreshToken();
    expect(hashRefreshToken(token)).toBe(hashRefreshToken(token));
    expect(hashRefreshToken(token)).not.toBe(hashRefreshToken(newRefreshToken()));
    expect(hashRefreshToken(token)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('ends after its days, also over the end of a year', () => {
    const expiry = refreshTokenExpiry(new Date('2025-12-15T08:00:00Z'));
    expect(REFRESH_TOKEN_DAYS).toBe(30);
    expect(expiry.toISOString()).toBe('2026-01-14T08:00:00.000Z');
  });
});
