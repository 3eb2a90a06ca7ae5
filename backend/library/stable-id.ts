import { createHash } from 'node:crypto';

/** Any fixed UUID; changing it would change the ids of everything in every library. */
const NAMESPACE = Buffer.from('5a3c1d2e9b7f4c60a1d84e5f60718293', 'hex');

/**
 * A UUID of version 5 (RFC 9562, section 5.5) made from names: the same names give the same id in
 * every ingestion and on every machine, so citations stay true when a work is read in again.
 */
export function stableId(...names: readonly string[]): string {
  const hash = createHash('sha1').update(NAMESPACE).update(names.join('\u0000')).digest();
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [8, 12, 16, 20, 32]
    .map((end, index) => hex.slice([0, 8, 12, 16, 20][index], end))
    .join('-');
}
