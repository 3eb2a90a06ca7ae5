import fc from 'fast-check';
import {
  AVATAR_PIXELS,
  type AvatarType,
  readAvatar,
} from '../../backend/accounts/avatars/avatar.ts';
import { AppError } from '../../backend/errors.ts';
import {
  alphaOfImage,
  jpeg,
  jpegSegment,
  losslessImage,
  lossyImage,
  png,
  pngChunk,
  webp,
  webpCanvas,
  webpChunk,
} from '../support/pictures.ts';

const SECRET = Buffer.from('39.9042 N 116.4074 E');
const exif = Buffer.concat([Buffer.from('Exif\0\0'), SECRET]);

const sound: [string, AvatarType, Buffer][] = [
  ['a PNG', 'image/png', png()],
  ['a JPEG', 'image/jpeg', jpeg()],
  ['a lossy WebP', 'image/webp', webp(lossyImage)],
  ['a lossless WebP', 'image/webp', webp(losslessImage)],
  ['a WebP one can see through', 'image/webp', webp(webpCanvas(16), alphaOfImage, lossyImage)],
];

const refusalOf = (file: Buffer, type: string) => {
  try {
    readAvatar(file, type);
  } catch (error) {
    if (error instanceof AppError) return `${error.status} ${error.slug}`;
    throw error;
  }
  return 'taken';
};

describe('a picture to be shown to everybody', () => {
  it.each(sound)('is taken as it is when it is %s', (_, type, file) => {
    expect(readAvatar(file, type)).toEqual({ mediaType: type, image: file });
  });

  it.each<[string, AvatarType, Buffer, Buffer]>([
    ['PNG', 'image/png', png(undefined, pngChunk('eXIf', SECRET), pngChunk('tEXt', SECRET)), png()],
    [
      'JPEG',
      'image/jpeg',
      jpeg(undefined, jpegSegment(0xe1, exif), jpegSegment(0xfe, SECRET)),
      jpeg(),
    ],
    [
      'WebP',
      'image/webp',
      webp(
        webpCanvas(4 + 8 + 16),
        alphaOfImage,
        lossyImage,
        webpChunk('EXIF', exif),
        webpChunk('XMP ', SECRET),
      ),
      webp(webpCanvas(16), alphaOfImage, lossyImage),
    ],
  ])('loses what a %s says beside its pixels', (_, type, file, bare) => {
    expect(file.includes(SECRET)).toBe(true);
    expect(readAvatar(file, type).image).toEqual(bare);
  });

  it.each(sound)('ends where the image does, when it is %s', (_, type, file) => {
    const script = Buffer.from('<script>alert(1)</script>');
    expect(readAvatar(Buffer.concat([file, script]), type).image).toEqual(file);
  });

  it('keeps the colours it is to be seen in', () => {
    const profile = Buffer.from('ICC_PROFILE\0\u0001\u0001');
    const file = jpeg(undefined, jpegSegment(0xe2, profile));
    expect(readAvatar(file, 'image/jpeg').image).toEqual(file);
    const coloured = png(undefined, pngChunk('sRGB', Buffer.from([0])));
    expect(readAvatar(coloured, 'image/png').image).toEqual(coloured);
  });

  it('may be as large as allowed in both directions, and not a pixel larger', () => {
    const sizes = (width: number, height: number): [AvatarType, Buffer][] => [
      ['image/png', png({ width, height })],
      ['image/jpeg', jpeg({ width, height })],
      ['image/webp', webp(webpCanvas(0, { width, height }), lossyImage)],
    ];
    for (const [type, file] of sizes(AVATAR_PIXELS, AVATAR_PIXELS)) {
      expect(refusalOf(file, type)).toBe('taken');
    }
    for (const [width, height] of [
      [AVATAR_PIXELS + 1, 1],
      [1, AVATAR_PIXELS + 1],
      [60_000, 60_000],
    ] as const) {
      for (const [type, file] of sizes(width, height)) {
        expect(refusalOf(file, type)).toBe('400 invalid_input');
      }
    }
    expect(refusalOf(png({ width: 0, height: 2 }), 'image/png')).toBe('400 invalid_input');
  });

  it('has the size of its image, whatever its canvas says', () => {
    const huge = Buffer.from(losslessImage);
    huge.writeUInt32LE(0x3fff + (0x3fff << 14), 9);
    expect(refusalOf(webp(webpCanvas(0), huge), 'image/webp')).toBe('400 invalid_input');
    const twice = jpeg(undefined, jpegSegment(0xc0, Buffer.from('080001000101011100', 'hex')));
    expect(refusalOf(twice, 'image/jpeg')).toBe('400 invalid_input');
  });

  it('is no other thing, whatever it is called', () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    const gif = Buffer.from('GIF89a\u0001\0\u0001\0');
    for (const file of [svg, gif, Buffer.alloc(0), Buffer.from('学而时习之')]) {
      expect(refusalOf(file, 'image/png')).toBe('415 unsupported_media');
    }
    expect(refusalOf(png(), 'image/jpeg')).toBe('400 invalid_input');
    expect(refusalOf(jpeg(), 'image/webp')).toBe('400 invalid_input');
    expect(refusalOf(webp(lossyImage), 'image/png')).toBe('400 invalid_input');
  });

  it('does not move', () => {
    const frame = webpChunk('ANMF', Buffer.concat([Buffer.alloc(16), lossyImage]));
    const moving = webp(webpCanvas(2), webpChunk('ANIM', Buffer.alloc(6)), frame, frame);
    expect(refusalOf(moving, 'image/webp')).toBe('400 invalid_input');
    const animated = png(
      undefined,
      pngChunk('acTL', Buffer.alloc(8)),
      pngChunk('fcTL', Buffer.alloc(26)),
    );
    expect(readAvatar(animated, 'image/png').image).toEqual(png());
  });

  it.each(sound)('is whole: no shorter piece of %s is taken', (_, type, file) => {
    for (let length = 0; length < file.length; length += 1) {
      expect(refusalOf(file.subarray(0, length), type)).toMatch(/^4(00|15) /);
    }
  });

  it('never breaks the reader, whatever was done to it', () => {
    const spoiled = fc.record({
      picture: fc.constantFrom(...sound),
      at: fc.nat(),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(spoiled, ({ picture: [, type, file], at, bytes }) => {
        const copy = Buffer.concat([file]);
        copy.set(bytes.slice(0, copy.length - (at % copy.length)), at % copy.length);
        expect(refusalOf(copy, type)).toMatch(/^(taken|400 invalid_input|415 unsupported_media)$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
