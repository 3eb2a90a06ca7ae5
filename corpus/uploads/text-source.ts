/** Bytes that can be read as often as needed: a file, or one inside an archive. */
export interface ByteSource {
  /** Its path inside the archive, or its own name. */
  name: string;
  open(): AsyncIterable<Uint8Array>;
}
