import { crc32 } from 'node:zlib';

/** Red pictures, three pixels wide and two high, as Chromium writes them; and how to spoil them. */
const decode = (text: string) => Buffer.from(text, 'base64');

const PNG = decode(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAEklEQVR4AWI6wcCQBsNMDEgAAAAA//9ydCGAAAAABklEQVQDAEckA4/ZzyikAAAAAElFTkSuQmCC',
);
const JPEG = decode(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABAX/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCWAKuv/9k=',
);
const VP8 = decode('kAEAnQEqAwACAAQAaCWgAnS6AAOYAP7uCmcNqrK2/+Zo+832W9DgAA==');
const VP8L = decode('LwJAAAAHEGWO/gciov8B');
const ALPHA = decode('AGZmZmZmZg==');

export const HEADER_OF_PNG = 8 + 25;

export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG of another size, with more chunks behind its header. */
export function png(size?: { width: number; height: number }, ...more: Buffer[]): Buffer {
  const header = Buffer.from(PNG.subarray(16, 29));
  if (size) {
    header.writeUInt32BE(size.width, 0);
    header.writeUInt32BE(size.height, 4);
  }
  const rest = PNG.subarray(HEADER_OF_PNG);
  return Buffer.concat([PNG.subarray(0, 8), pngChunk('IHDR', header), ...more, rest]);
}

export function jpegSegment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** A JPEG of another size, with more segments at its beginning. */
export function jpeg(size?: { width: number; height: number }, ...more: Buffer[]): Buffer {
  const picture = Buffer.from(JPEG);
  if (size) {
    const frame = picture.indexOf(Buffer.from([0xff, 0xc0]));
    picture.writeUInt16BE(size.height, frame + 5);
    picture.writeUInt16BE(size.width, frame + 7);
  }
  return Buffer.concat([picture.subarray(0, 2), ...more, picture.subarray(2)]);
}

export function webpChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

export function webp(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** The chunk that says what else there is; bits of RFC 9649: 2 animation, 4 XMP, 8 EXIF, 16 alpha. */
export function webpCanvas(flags: number, { width, height } = { width: 3, height: 2 }): Buffer {
  const data = Buffer.alloc(10);
  data.writeUInt8(flags, 0);
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return webpChunk('VP8X', data);
}

export const lossyImage = webpChunk('VP8 ', VP8);
export const losslessImage = webpChunk('VP8L', VP8L);
export const alphaOfImage = webpChunk('ALPH', ALPHA);
