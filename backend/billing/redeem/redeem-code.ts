import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, which are mistaken for 1, 0 and V. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 26 × 5 bits: at least 128 of them by chance alone. */
const RANDOM_CHARACTERS = 26;
const CHECK_CHARACTERS = 2;
const GROUP = 4;
/** The largest prime that two characters can write. */
const MODULUS = 1021;
const HINT_CHARACTERS = 4;

/** A code as it is printed: seven groups of four characters. */
export function newRedeemCode(): string {
  // 256 is a multiple of 32: every character is as likely as every other.
  const characters = [...randomBytes(RANDOM_CHARACTERS)].map((byte) => ALPHABET[byte & 31]);
  const random = characters.join('');
  const groups = `${random}${checkOf(random)}`.match(new RegExp(`.{${GROUP}}`, 'g'));
  return (groups ?? []).join('-');
}

/**
 * The code somebody typed, as all ways of typing it are the same: in small letters, in full width,
 * with O for 0 or l for 1, with or without dashes. `undefined` when it cannot be one: a mistake in
 * typing, not a code that nobody made.
 */
export function readRedeemCode(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}_.·]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  if (code.length !== RANDOM_CHARACTERS + CHECK_CHARACTERS) return undefined;
  if ([...code].some((character) => !ALPHABET.includes(character))) return undefined;
  const random = code.slice(0, RANDOM_CHARACTERS);
  return code === `${random}${checkOf(random)}` ? code : undefined;
}

/**
 * A weighted sum by a prime: any one wrong character and any two that changed places show, because
 * neither a difference of two values nor one of two weights is a multiple of it.
 */
function checkOf(random: string): string {
  const sum = [...random].reduce(
    (total, character, index) => total + ALPHABET.indexOf(character) * (index + 1),
    0,
  );
  const check = sum % MODULUS;
  return `${ALPHABET[Math.floor(check / ALPHABET.length)]}${ALPHABET[check % ALPHABET.length]}`;
}

/** What is kept of a code. So much chance needs no slow hash. Takes what `readRedeemCode` gave. */
export function hashRedeemCode(code: string): string {
  return createHash('sha256').update(`guoxue redeem code ${code}`).digest('hex');
}

/** Enough to tell the codes of a batch apart, far too little to guess one. */
export function hintOf(code: string): string {
  return code.slice(-HINT_CHARACTERS);
}
