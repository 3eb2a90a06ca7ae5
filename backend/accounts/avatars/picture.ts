/** A picture as it may be shown to everybody: one still image and nothing beside it. */
export interface Picture {
  width: number;
  height: number;
  /** Without what says where, when and with what it was taken, and without anything after its end. */
  bytes: Buffer;
}

/** Whoever reads a picture says so of one that is broken, or of a kind that is not taken. */
export class UnreadablePicture extends Error {}
