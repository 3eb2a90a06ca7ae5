import { createHash } from 'node:crypto';
import { type GramTable, gramKey } from './gram-table.ts';

export interface EmbeddingModel {
  /** Other bytes are another space of vectors. */
  name: string;
  questions: GramTable;
  passages: GramTable;
}

const MAGIC = 'GXE1';
const HEADER_BYTES = 20;

/**
 * Reads what `training/embedding/pack.py` wrote, whose docstring has the layout. Throws when the bytes
 * are something else, or not all there.
 */
export function readModelFile(bytes: Uint8Array): EmbeddingModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length));
  if (bytes.length < HEADER_BYTES || magic !== MAGIC) throw new Error('not an embedding model');
  const [dimension = 0, bits = 0, ...sizes] = [4, 8, 12, 16].map((at) => view.getUint32(at, true));
  const expected = sizes.reduce((sum, size) => sum + size * (8 + (dimension * bits) / 8), 0);
  if (bytes.length !== HEADER_BYTES + expected || (bits !== 4 && bits !== 8)) {
    throw new Error('the embedding model is damaged');
  }
  let at = HEADER_BYTES;
  const [questions, passages] = sizes.map((size) => {
    const rows = new Map<number, number>();
    for (let row = 0; row < size; row += 1, at += 4) {
      rows.set(gramKey(view.getUint16(at, true), view.getUint16(at + 2, true)), row);
    }
    const scales = new Float32Array(size);
    for (let row = 0; row < size; row += 1, at += 4) scales[row] = view.getFloat32(at, true);
    const end = at + (size * dimension * bits) / 8;
    const components = unpack(bytes.subarray(at, end), bits);
    at = end;
    return { dimension, rows, scales, components };
  });
  if (!questions || !passages) throw new Error('the embedding model is damaged');
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  return { name: `guoxue-static-${hash}`, questions, passages };
}

function unpack(bytes: Uint8Array, bits: number): Int8Array {
  if (bits === 8)
    return Int8Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  const components = new Int8Array(bytes.length * 2);
  for (let index = 0; index < bytes.length; index += 1) {
    const pair = bytes[index] ?? 0;
    components[2 * index] = (pair & 15) - 8;
    components[2 * index + 1] = (pair >> 4) - 8;
  }
  return components;
}
