/** What the first bytes of a file say it is, whatever it is called. */
export type FileSignature = 'zip' | 'compound' | 'other-archive' | 'other' | null;

const SIGNATURES: [FileSignature, number[] | string][] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['zip', [0x50, 0x4b, 0x07, 0x08]],
  // Word before 2007, and every Office file with a password.
  ['compound', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
  ['other-archive', [0x1f, 0x8b]],
  ['other-archive', 'BZh'],
  ['other-archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['other-archive', 'Rar!'],
  ['other-archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['other', '%PDF-'],
  ['other', 'MZ\x90'],
  ['other', [0x7f, 0x45, 0x4c, 0x46]],
  ['other', [0x89, 0x50, 0x4e, 0x47]],
  ['other', [0xff, 0xd8, 0xff]],
  ['other', 'GIF8'],
  ['other', 'RIFF'],
  ['other', 'ID3'],
  ['other', '{\\rtf'],
  ['other', 'SQLite format 3'],
  ['other', 'ITSF'],
];

export function signatureOf(head: Uint8Array): FileSignature {
  for (const [signature, magic] of SIGNATURES) {
    const bytes = typeof magic === 'string' ? [...Buffer.from(magic, 'latin1')] : magic;
    if (bytes.every((byte, index) => head[index] === byte)) return signature;
  }
  return null;
}
