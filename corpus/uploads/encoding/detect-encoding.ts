import chardet from 'chardet';
import iconv from 'iconv-lite';
import { plausibility } from './ordinary-characters.ts';

export type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'GB18030' | 'Big5';

const LEGACY: Encoding[] = ['GB18030', 'Big5'];
const WIDE: Encoding[] = ['UTF-16LE', 'UTF-16BE'];

/** Below this no way of reading the bytes makes sense: they are not text. */
const LEAST_PLAUSIBLE = 0.05;
/** Two ways as plausible as each other within this: `chardet` is asked. */
const TOO_CLOSE = 0.04;
/** So small a part of a UTF-8 text may be broken, by a bad copy, for it still to be one. */
const BEARABLE_DAMAGE = 0.005;
/** Characters of a sample that are rated, ASCII not among them. */
const LOOKED_AT = 20_000;

/** The encoding of a text by its byte order mark, else strict UTF-8, else by how it looks read. */
export function detectEncoding(sample: Uint8Array, whole: boolean): Encoding | null {
  const bytes = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength);
  const marked = byteOrderMark(bytes);
  if (marked !== null) return marked;
  const zeros = countZeros(bytes);
  if (zeros === 0 && isStrictUtf8(bytes, whole)) return controls(bytes) ? null : 'UTF-8';
  if (zeros > 0) return best(bytes, [...WIDE, 'UTF-8']);
  const legacy = best(bytes, [...LEGACY, ...(bytes.length % 2 === 0 ? WIDE : [])]);
  const damage = utf8Damage(bytes);
  return damage !== null && damage < BEARABLE_DAMAGE ? 'UTF-8' : legacy;
}

export function decode(bytes: Buffer, encoding: Encoding): string {
  return iconv.decode(bytes, encoding);
}

function byteOrderMark(bytes: Buffer): Encoding | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'UTF-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'UTF-16LE';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'UTF-16BE';
  return null;
}

function isStrictUtf8(bytes: Buffer, whole: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole });
    return true;
  } catch {
    return false;
  }
}

/** The share of characters that are broken; null for what has no UTF-8 Han in it at all. */
function utf8Damage(bytes: Buffer): number | null {
  const text = bytes.toString('utf8');
  const broken = text.match(/\ufffd/gu)?.length ?? 0;
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han === 0 ? null : broken / (han + broken);
}

function countZeros(bytes: Buffer): number {
  let zeros = 0;
  for (const byte of bytes) if (byte === 0) zeros += 1;
  return zeros;
}

/** Bytes below space that no text has, in number. */
function controls(bytes: Buffer): boolean {
  let found = 0;
  for (const byte of bytes) if (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d)) found += 1;
  return found > 2 && found > bytes.length / 200;
}

function best(bytes: Buffer, candidates: Encoding[]): Encoding | null {
  const rated = candidates
    .map((encoding) => ({ encoding, rating: rate(decode(bytes, encoding)) }))
    .sort((one, other) => other.rating - one.rating);
  const [first, second] = rated;
  if (!first || first.rating < LEAST_PLAUSIBLE) return null;
  if (second && first.rating - second.rating < TOO_CLOSE) {
    const guess = chardet.detect(bytes)?.toLowerCase();
    if (guess === second.encoding.toLowerCase()) return second.encoding;
  }
  return first.encoding;
}

/** The mean plausibility of what is not plain ASCII. The last character may be cut, so it is left out. */
function rate(text: string): number {
  let sum = 0;
  let rated = 0;
  for (let index = 0; index < Math.max(1, text.length - 1) && rated < LOOKED_AT; index += 1) {
    const code = text.codePointAt(index) ?? 0;
    if (code > 0xffff) index += 1;
    if (code >= 0x20 && code < 0x80) continue;
    const value = plausibility(String.fromCodePoint(code));
    if (value === 0) continue;
    sum += value;
    rated += 1;
  }
  return rated === 0 ? 0 : sum / rated;
}
