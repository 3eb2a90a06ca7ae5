/** Side of an avatar in pixels. */
export const SIDE = 256;
export const MOST_ZOOM = 4;

export interface Size {
  width: number;
  height: number;
}

/** The middle of the square in the picture, and how far it is enlarged beyond filling the square. */
export interface Crop {
  x: number;
  y: number;
  zoom: number;
}

export interface Square {
  left: number;
  top: number;
  side: number;
}

const between = (low: number, value: number, high: number) => Math.min(Math.max(value, low), high);

export function centred({ width, height }: Size): Crop {
  return { x: width / 2, y: height / 2, zoom: 1 };
}

export function sideOf(picture: Size, zoom: number): number {
  return Math.min(picture.width, picture.height) / zoom;
}

/** Keeps the square inside the picture. */
export function within(picture: Size, crop: Crop): Crop {
  const zoom = between(1, crop.zoom, MOST_ZOOM);
  const half = sideOf(picture, zoom) / 2;
  return {
    x: between(half, crop.x, picture.width - half),
    y: between(half, crop.y, picture.height - half),
    zoom,
  };
}

/** Moves the picture under the square, by a share of the square's side. */
export function moved(picture: Size, crop: Crop, right: number, down: number): Crop {
  const side = sideOf(picture, crop.zoom);
  return within(picture, { ...crop, x: crop.x - right * side, y: crop.y - down * side });
}

/** The part of the picture that becomes the avatar. */
export function squareOf(picture: Size, crop: Crop): Square {
  const { x, y, zoom } = within(picture, crop);
  const side = sideOf(picture, zoom);
  return { left: x - side / 2, top: y - side / 2, side };
}
