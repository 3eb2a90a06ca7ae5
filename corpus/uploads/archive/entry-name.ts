import iconv from 'iconv-lite';
import { detectEncoding } from '../encoding/detect-encoding.ts';
import { RefusedFile } from '../refused-file.ts';

const SAYS_UTF8 = 0x800;

/** A name as its owner saw it: many programs write names in the encoding of the system, unmarked. */
export function decodeEntryName(raw: Buffer, flags: number): string {
  const ascii = raw.every((byte) => byte < 0x80);
  if (ascii || (flags & SAYS_UTF8) !== 0) return raw.toString('utf8');
  const encoding = detectEncoding(raw, true);
  return encoding === 'UTF-8' || encoding === 'GB18030' || encoding === 'Big5'
    ? iconv.decode(raw, encoding)
    : iconv.decode(raw, 'cp437');
}

/** Refuses every name that could lead out of the folder an archive stands for. */
export function checkEntryName(name: string): void {
  const unsafe =
    name === '' ||
    name.includes('\\') ||
    name.includes('\0') ||
    name.startsWith('/') ||
    /^[a-z]:/iu.test(name) ||
    name.split('/').includes('..');
  if (unsafe) throw new RefusedFile('unsafe_path', [...name].slice(0, 60).join(''));
}
