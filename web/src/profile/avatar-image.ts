import { type Crop, SIDE, squareOf } from './crop.ts';

const MOST_BYTES = 200 * 1024;
/** Tried in turn until one is small enough; a browser that cannot write WebP gives PNG instead. */
const KINDS: [string, number][] = [
  ['image/webp', 0.9],
  ['image/jpeg', 0.85],
  ['image/jpeg', 0.6],
];

export function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { left, top, side } = squareOf(picture, crop);
  // What was transparent would turn black in a JPEG.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIDE, SIDE);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE);
}

function write(canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}

export async function toAvatar(picture: ImageBitmap, crop: Crop): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  draw(canvas, picture, crop);
  for (const [type, quality] of KINDS) {
    const image = await write(canvas, type, quality);
    if (image !== null && image.type === type && image.size <= MOST_BYTES) return image;
  }
  throw new Error('this browser writes neither WebP nor JPEG');
}
