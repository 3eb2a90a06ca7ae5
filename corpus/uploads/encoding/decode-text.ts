import iconv from 'iconv-lite';
import { RefusedFile } from '../refused-file.ts';
import type { ByteSource } from '../text-source.ts';
import { detectEncoding, type Encoding } from './detect-encoding.ts';

const SAMPLE = 64 * 1024;
/** A sample of ASCII says nothing: it is looked further, until so many other bytes are found … */
const TELLING_BYTES = 600;
/** … or so much is read. */
const FARTHEST = 4 * 1024 ** 2;

export interface DecodedText {
  encoding: Encoding;
  chunks(): AsyncIterable<string>;
}

/** A text with its encoding recognised, to be read as often as needed; bytes that are none are refused. */
export async function decodeText(source: ByteSource, where: string | null): Promise<DecodedText> {
  const sample = await readSample(source);
  if (sample.bytes.length === 0) throw new RefusedFile('empty', where);
  const encoding = detectEncoding(sample.bytes, sample.whole);
  if (encoding === null) throw new RefusedFile('binary', where);
  return { encoding, chunks: () => decodeChunks(source, encoding) };
}

async function* decodeChunks(source: ByteSource, encoding: Encoding): AsyncIterable<string> {
  // The decoder of the runtime is faster; it replaces what is broken, which is counted later.
  const decoder = encoding === 'UTF-8' ? new TextDecoder('utf-8') : null;
  const converter = decoder ? null : iconv.getDecoder(encoding, { stripBOM: true });
  for await (const chunk of source.open()) {
    const text =
      decoder?.decode(chunk, { stream: true }) ?? converter?.write(toBuffer(chunk)) ?? '';
    if (text !== '') yield text;
  }
  const rest = decoder?.decode() ?? converter?.end() ?? '';
  if (rest !== '') yield rest;
}

async function readSample(source: ByteSource): Promise<{ bytes: Uint8Array; whole: boolean }> {
  const parts: Uint8Array[] = [];
  let kept = 0;
  let read = 0;
  let telling = 0;
  for await (const chunk of source.open()) {
    read += chunk.length;
    const others = countOthers(chunk);
    telling += others;
    // Beyond the first piece only chunks that say something are worth keeping.
    if (kept < SAMPLE || others > 0) {
      parts.push(chunk);
      kept += chunk.length;
    }
    if ((kept >= SAMPLE && telling >= TELLING_BYTES) || read >= FARTHEST) {
      return { bytes: Buffer.concat(parts), whole: false };
    }
  }
  return { bytes: Buffer.concat(parts), whole: kept === read };
}

function countOthers(chunk: Uint8Array): number {
  let others = 0;
  for (const byte of chunk) if (byte >= 0x80 || byte === 0) others += 1;
  return others;
}

function toBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
