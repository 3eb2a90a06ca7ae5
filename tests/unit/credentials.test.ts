import jsonwebtoken from 'jsonwebtoken';
import {
  ACCESS_TOKEN_SECONDS,
  createAccessTokens,
} from '../../backend/accounts/logins/access-tokens.ts';
import { hashToken, newToken } from '../../backend/accounts/one-time-token.ts';
import { hashPassword, passwordMatches } from '../../backend/accounts/passwords/password-hash.ts';

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
  const older = 'a-secret-from-before-of-32-characters';
  const subject = { userId: 'user-1', loginId: 'login-1' };
  const accept = (token: string, key = secret) =>
    jsonwebtoken.verify(token, key, { algorithms: ['HS256'], issuer: 'guoxue' });

  it('says whose it is, of which login, and for how long', () => {
    const payload = accept(createAccessTokens(secret).sign(subject));
    if (typeof payload === 'string') throw new Error('expected claims');
    expect(payload).toMatchObject({ sub: 'user-1', sid: 'login-1' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(ACCESS_TOKEN_SECONDS);
    expect(Object.keys(payload).sort()).toEqual(['exp', 'iat', 'iss', 'sid', 'sub']);
  });

  it('is refused under another secret, or when a character of it is changed', () => {
    const token = createAccessTokens(secret).sign(subject);
    expect(() => accept(token, `${secret}!`)).toThrow();
    const [head, claims, signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'admin', iss: 'guoxue' }));
    expect(() => accept([head, forged.toString('base64url'), signature].join('.'))).toThrow();
    expect(() => accept([head, claims, ''].join('.'))).toThrow();
  });

  it('names its key, and outlives a change of keys as long as the old one is still accepted', () => {
    const before = createAccessTokens(older).sign(subject);
    const rotating = createAccessTokens(secret, [older]);
    expect(rotating.keyOf(before)).toBe(older);
    expect(rotating.keyOf(rotating.sign(subject))).toBe(secret);
    expect(createAccessTokens(secret).keyOf(before)).toBeUndefined();
    expect(rotating.keyOf(jsonwebtoken.sign({}, secret))).toBeUndefined();
    expect(rotating.keyOf('not a token')).toBeUndefined();
    expect(before).not.toContain(older);
  });
});

describe('a token that works once', () => {
  it('is long, random and safe in a URL', () => {
    const tokens = Array.from({ length: 50 }, newToken);
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it('is stored as a hash that is always the same and does not hold it', () => {
    const token = newToken();
    expect(hashToken(token)).toBe(hashToken(token));
    expect(hashToken(token)).not.toBe(hashToken(newToken()));
    expect(hashToken(token)).toMatch(/^[0-9a-f]{64}$/);
  });
});
