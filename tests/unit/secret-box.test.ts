import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createSecretBox, type SecretBoxSettings } from '../../backend/platform/secret-box.ts';

const jwtSecret = 'a secret for tokens, long enough to be one';
const newKey = () => randomBytes(32).toString('base64');
const open = (settings: Partial<SecretBoxSettings> = {}) =>
  createSecretBox({ encryptionKey: undefined, jwtSecret, jwtPreviousSecrets: [], ...settings });

describe('a secret box', () => {
  it('gives back whatever was sealed, for the same thing only', () => {
    const box = open();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (text, own, other) => {
        const sealed = box.seal(text, own);
        expect(box.open(sealed, own)).toBe(text);
        if (own !== other) expect(box.open(sealed, other)).toBeUndefined();
      }),
    );
  });

  it('never seals twice alike, and shows nothing of what is in it', () => {
    const box = open({ encryptionKey: newKey() });
    const [one, other] = [box.seal('tiihtNczf5v6AKRyjwEUhQ==', 'x'), box.seal('same', 'x')];
    expect(one).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(one).not.toContain('tiihtNczf5v6AKRyjwEUhQ');
    expect(box.seal('same', 'x')).not.toBe(other);
  });

  it('does not open when a single bit was changed, or the end is gone', () => {
    const box = open();
    const sealed = box.seal('session key', 'x');
    const [version, keyId, nonce = '', rest = ''] = sealed.split('.');
    const flip = (part: string, bit: number) => {
      const bytes = Buffer.from(part, 'base64url');
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return bytes.toString('base64url');
    };
    for (let bit = 0; bit < 96; bit += 1) {
      expect(box.open([version, keyId, flip(nonce, bit), rest].join('.'), 'x')).toBeUndefined();
      expect(box.open([version, keyId, nonce, flip(rest, bit)].join('.'), 'x')).toBeUndefined();
    }
    const bytes = Buffer.from(rest, 'base64url');
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString('base64url');
      expect(box.open([version, keyId, nonce, cut].join('.'), 'x')).toBeUndefined();
    }
  });

  it('is not upset by what it never sealed', () => {
    const box = open();
    const { length } = box.seal('', 'x');
    for (const text of [
      '',
      'v1',
      'v1...',
      'v2.a.b.c',
      `${box.seal('a', 'x')}.more`,
      '.'.repeat(length),
    ]) {
      expect(box.open(text, 'x')).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => box.open(text, 'x') === undefined));
  });

  it('with another key is shut: what it holds counts as absent', () => {
    const sealed = open({ encryptionKey: newKey() }).seal('session key', 'x');
    expect(open({ encryptionKey: newKey() }).open(sealed, 'x')).toBeUndefined();
    expect(open().open(sealed, 'x')).toBeUndefined();
    expect(open({ jwtSecret: `${jwtSecret}!` }).open(open().seal('a', 'x'), 'x')).toBeUndefined();
  });

  it('still opens what an earlier secret for tokens sealed, and what was sealed before ENCRYPTION_KEY', () => {
    const sealed = open().seal('session key', 'x');
    const next = {
      jwtSecret: 'the next secret for tokens, as long as it',
      jwtPreviousSecrets: [jwtSecret],
    };
    expect(open(next).open(sealed, 'x')).toBe('session key');
    expect(open(next).seal('a', 'x').split('.')[1]).not.toBe(sealed.split('.')[1]);
    const withKey = open({ encryptionKey: newKey() });
    expect(withKey.open(sealed, 'x')).toBe('session key');
    expect(withKey.seal('a', 'x').split('.')[1]).not.toBe(sealed.split('.')[1]);
  });

  it('does not encrypt with the secret for tokens itself', () => {
    const asKey = Buffer.from(jwtSecret.padEnd(32).slice(0, 32)).toString('base64');
    const sealed = open().seal('session key', 'x');
    const other = createSecretBox({
      encryptionKey: asKey,
      jwtSecret: 'unrelated',
      jwtPreviousSecrets: [],
    });
    expect(other.open(sealed, 'x')).toBeUndefined();
  });
});
