import { type Picture, UnreadablePicture } from './picture.ts';

export const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** What the pixels and their colours need (PNG, third edition, section 11); text and EXIF are not in it. */
const KEPT = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT iCCP cICP bKGD pHYs'.split(' '));
/** Length, type and checksum around the data of a chunk. */
const FRAME = 12;
const HEADER_LENGTH = 13;

/** Animations become their first image: the chunks of the others are dropped. */
export function readPng(file: Buffer): Picture {
  const kept: Buffer[] = [file.subarray(0, PNG_SIGNATURE.length)];
  let size: Pick<Picture, 'width' | 'height'> | undefined;
  let hasPixels = false;
  let at = PNG_SIGNATURE.length;
  while (at + FRAME <= file.length) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const end = at + FRAME + length;
    if (end > file.length) break;
    if ((type === 'IHDR') !== (size === undefined)) break;
    if (type === 'IHDR') {
      if (length !== HEADER_LENGTH) break;
      size = { width: file.readUInt32BE(at + 8), height: file.readUInt32BE(at + 12) };
    }
    if (KEPT.has(type)) kept.push(file.subarray(at, end));
    hasPixels ||= type === 'IDAT';
    if (type === 'IEND' && size && hasPixels) return { ...size, bytes: Buffer.concat(kept) };
    at = end;
  }
  throw new UnreadablePicture('this PNG has no sound beginning or no end');
}
