import { type Picture, UnreadablePicture } from './picture.ts';

const RIFF_HEADER = 12;
const CHUNK_HEADER = 8;
const EXTENDED = 'VP8X';
/** In the flags of VP8X: what follows below is there. */
const ALPHA_AND_ICC = 0b0011_0000;
const KEPT = new Set([EXTENDED, 'ICCP', 'ALPH', 'VP8 ', 'VP8L']);

type Size = Pick<Picture, 'width' | 'height'>;

export function isWebp(file: Buffer): boolean {
  const tag = file.toString('latin1', 0, RIFF_HEADER);
  return tag.startsWith('RIFF') && tag.endsWith('WEBP');
}

/** RFC 9649. EXIF and XMP go; an animation has no image outside its frames and is not taken. */
export function readWebp(file: Buffer): Picture {
  const end = RIFF_HEADER - 4 + (file.length >= RIFF_HEADER ? file.readUInt32LE(4) : 0);
  if (end > file.length) throw broken();
  const kept: Buffer[] = [];
  const sizes: Size[] = [];
  let images = 0;
  for (let at = RIFF_HEADER; at + CHUNK_HEADER <= end; ) {
    const type = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const next = at + CHUNK_HEADER + length + (length % 2);
    if (next > end) throw broken();
    const data = file.subarray(at + CHUNK_HEADER, at + CHUNK_HEADER + length);
    const size = sizeIn(type, data);
    if (size) sizes.push(size);
    if (type.startsWith('VP8') && type !== EXTENDED) images += 1;
    if (KEPT.has(type)) kept.push(withoutMetadataFlags(type, file.subarray(at, next)));
    at = next;
  }
  if (images !== 1) throw broken();
  const width = Math.max(...sizes.map((size) => size.width));
  const height = Math.max(...sizes.map((size) => size.height));
  return { width, height, bytes: asRiff(kept) };
}

function sizeIn(type: string, data: Buffer): Size | undefined {
  if (type === EXTENDED) {
    if (data.length < 10) throw broken();
    return { width: 1 + data.readUIntLE(4, 3), height: 1 + data.readUIntLE(7, 3) };
  }
  if (type === 'VP8 ') {
    if (data.length < 10 || data.readUIntBE(3, 3) !== 0x9d012a) throw broken();
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  }
  if (type === 'VP8L') {
    if (data.length < 5 || data.readUInt8(0) !== 0x2f) throw broken();
    const bits = data.readUInt32LE(1);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  return undefined;
}

function withoutMetadataFlags(type: string, chunk: Buffer): Buffer {
  if (type !== EXTENDED) return chunk;
  const changed = Buffer.from(chunk);
  changed.writeUInt8(changed.readUInt8(CHUNK_HEADER) & ALPHA_AND_ICC, CHUNK_HEADER);
  return changed;
}

function asRiff(chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const header = Buffer.from('RIFF\0\0\0\0', 'latin1');
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body]);
}

function broken(): UnreadablePicture {
  return new UnreadablePicture('this WebP is broken, or moves');
}
