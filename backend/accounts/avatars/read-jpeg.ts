import { type Picture, UnreadablePicture } from './picture.ts';

export const JPEG_SIGNATURE = Buffer.from('ffd8ff', 'hex');
const START_OF_IMAGE = 2;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
/** ICC profiles (APP2) and Adobe's note on colours (APP14) change what is seen; JFIF (APP0) says how. */
const KEPT_APPS = new Set([0xe0, 0xe2, 0xee]);
const COMMENT = 0xfe;
/** May stand any number of times before a marker. */
const FILL = 0xff;

/** The frame headers: SOF0 to SOF15, without the three markers among them that are none. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isMetadata = (marker: number) =>
  marker === COMMENT || (marker >= 0xe0 && marker <= 0xef && !KEPT_APPS.has(marker));

/**
 * Walks over the segments (ITU-T T.81, annex B). EXIF goes, and with it the place where a photograph
 * was taken; also its note on how to turn it, so a page turns a photograph before it sends it.
 */
export function readJpeg(file: Buffer): Picture {
  const kept: Buffer[] = [file.subarray(0, START_OF_IMAGE)];
  let size: Pick<Picture, 'width' | 'height'> | undefined;
  let hasScan = false;
  let at = START_OF_IMAGE;
  while (at + 4 <= file.length || isEndOfImage(file, at)) {
    const marker = file.readUInt8(at + 1);
    if (file.readUInt8(at) !== 0xff) break;
    if (marker === FILL) {
      at += 1;
      continue;
    }
    if (marker === END_OF_IMAGE) {
      if (!size || !hasScan) break;
      return { ...size, bytes: Buffer.concat([...kept, file.subarray(at, at + 2)]) };
    }
    const length = file.readUInt16BE(at + 2);
    let end = at + 2 + length;
    if (length < 2 || end > file.length) break;
    if (isFrame(marker)) {
      if (size || length < 8) break;
      size = { height: file.readUInt16BE(at + 5), width: file.readUInt16BE(at + 7) };
    }
    if (marker === START_OF_SCAN) {
      hasScan = true;
      end = endOfScan(file, end);
    }
    if (!isMetadata(marker)) kept.push(file.subarray(at, end));
    at = end;
  }
  throw new UnreadablePicture('this JPEG has no sound beginning or no end');
}

function isEndOfImage(file: Buffer, at: number): boolean {
  return at + 2 <= file.length && file.readUInt16BE(at) === 0xff00 + END_OF_IMAGE;
}

/** Where the compressed pixels end: at the next marker that is neither stuffing nor a restart. */
function endOfScan(file: Buffer, from: number): number {
  let at = file.indexOf(0xff, from);
  while (at !== -1 && at + 1 < file.length) {
    const next = file.readUInt8(at + 1);
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at = file.indexOf(0xff, at + (next === 0xff ? 1 : 2));
  }
  return file.length;
}
