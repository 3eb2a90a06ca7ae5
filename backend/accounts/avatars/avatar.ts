import { AppError } from '../../errors.ts';
import { UnreadablePicture } from './picture.ts';
import { JPEG_SIGNATURE, readJpeg } from './read-jpeg.ts';
import { PNG_SIGNATURE, readPng } from './read-png.ts';
import { isWebp, readWebp } from './read-webp.ts';

export const AVATAR_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;
export type AvatarType = (typeof AVATAR_TYPES)[number];

export const AVATAR_BYTES = 200 * 1024;
export const AVATAR_PIXELS = 1024;
export const AVATAR_REFUSAL = '头像只能是 PNG、JPEG 或 WebP 图片。';

export interface Avatar {
  mediaType: AvatarType;
  image: Buffer;
}

const READERS = {
  'image/png': readPng,
  'image/jpeg': readJpeg,
  'image/webp': readWebp,
};

/** What a file is by its content, whatever it is called. */
function typeOf(file: Buffer): AvatarType | undefined {
  if (file.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return 'image/png';
  if (file.subarray(0, JPEG_SIGNATURE.length).equals(JPEG_SIGNATURE)) return 'image/jpeg';
  return isWebp(file) ? 'image/webp' : undefined;
}

/**
 * Takes a picture that somebody sent in: its content must be what its name says, still, sound and
 * of a sensible size. What it holds beside the pixels is left out: everybody may see it.
 */
export function readAvatar(file: Buffer, declaredType: string): Avatar {
  const mediaType = typeOf(file);
  if (!mediaType) throw new AppError(415, 'unsupported_media', AVATAR_REFUSAL);
  if (mediaType !== declaredType) throw refused('图片的内容与 Content-Type 不符');
  const { width, height, bytes } = read(file, mediaType);
  if (width < 1 || height < 1 || width > AVATAR_PIXELS || height > AVATAR_PIXELS) {
    throw refused(`图片的宽和高最多 ${AVATAR_PIXELS} 像素`);
  }
  return { mediaType, image: bytes };
}

function read(file: Buffer, mediaType: AvatarType) {
  try {
    return READERS[mediaType](file);
  } catch (error) {
    if (error instanceof UnreadablePicture) throw refused('图片已损坏，或者是动图');
    throw error;
  }
}

function refused(message: string): AppError {
  return new AppError(400, 'invalid_input', `头像不能用。${message}。`, {
    details: [{ path: '', message }],
  });
}
