import { hash } from 'node:crypto';

/** Any fixed UUID; changing it would change the ids of everything in every library. */
const NAMESPACE = Buffer.from('5a3c1d2e9b7f4c60a1d84e5f60718293', 'hex');

/**
 * A UUID of version 5 (RFC 9562, section 5.5) made from names: the same names give the same id in
 * every ingestion and on every machine, so citations stay true when a work is read in again.
 */
export function stableId(...names: readonly string[]): string {
  const name = names.join('\u0000');
  // One buffer and one call: a large document has several hundred thousand ids.
  const bytes = Buffer.allocUnsafe(NAMESPACE.length + name.length * 3);
  NAMESPACE.copy(bytes);
  const end = NAMESPACE.length + bytes.write(name, NAMESPACE.length);
  const hex = hash('sha1', bytes.subarray(0, end), 'hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`];
  return [...parts, variant + hex.slice(17, 20), hex.slice(20, 32)].join('-');
}
