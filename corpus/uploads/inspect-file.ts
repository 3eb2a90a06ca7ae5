import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createIrregularityLog } from '../irregularities.ts';
import { openArchive } from './archive/archive.ts';
import { planArchive } from './archive/plan-archive.ts';
import { decodeText } from './encoding/decode-text.ts';
import { signatureOf } from './file-signature.ts';
import type { FileNames } from './names/file-names.ts';
import { namesInFile } from './names/names-in-file.ts';
import { RefusedFile } from './refused-file.ts';
import { formatOf, isTextFormat, type UploadFormat } from './upload-format.ts';

/**
 * Looks at a file as it arrives: whether it is of a kind that is read, and no other in disguise. Only
 * names and first pieces are looked at, and what it says it is called; what is wrong further inside shows when it is read.
 */
export async function inspectFile(
  path: string,
  fileName: string,
): Promise<{ format: UploadFormat; names: FileNames }> {
  const format = formatOf(fileName);
  if (format === null) throw new RefusedFile('unsupported');
  await checkContent(path, format);
  if (isTextFormat(format)) await inspectText(path, fileName);
  else await inspectArchive(path, format);
  return { format, names: await namesInFile(path, format) };
}

/** Whether the first bytes are what the name says. */
export async function checkContent(path: string, format: UploadFormat): Promise<void> {
  const head = await readHead(path);
  if (head.length === 0) throw new RefusedFile('empty');
  const signature = signatureOf(head);
  if (isTextFormat(format)) {
    if (signature !== null) throw new RefusedFile('wrong_content');
  } else if (signature === 'compound' && format === 'docx') {
    throw new RefusedFile((await holdsEncrypted(path)) ? 'encrypted' : 'wrong_content');
  } else if (signature !== 'zip') {
    throw new RefusedFile(signature === null && format === 'zip' ? 'damaged' : 'wrong_content');
  }
}

async function inspectText(path: string, name: string): Promise<void> {
  const text = await decodeText({ name, open: () => createReadStream(path) }, null);
  for await (const chunk of text.chunks()) if (chunk.trim() !== '') return;
  throw new RefusedFile('no_text');
}

async function inspectArchive(path: string, format: UploadFormat): Promise<void> {
  const archive = await openArchive(path, () => {});
  try {
    const { entries } = archive;
    if (entries.some(({ encrypted }) => encrypted)) throw new RefusedFile('encrypted');
    const has = (pattern: RegExp) => entries.some(({ name }) => pattern.test(name));
    if (format === 'docx' && !has(/^word\//u)) throw new RefusedFile('wrong_content');
    if (format === 'epub' && !has(/^META-INF\/container\.xml$/u)) {
      throw new RefusedFile('wrong_content');
    }
    if (format === 'zip' && planArchive(entries, createIrregularityLog()).length === 0) {
      throw new RefusedFile('no_text');
    }
  } finally {
    archive.close();
  }
}

/** Office keeps a document with a password in a part of this name. */
const ENCRYPTED_PART = Buffer.from('EncryptedPackage', 'utf16le');

async function holdsEncrypted(path: string): Promise<boolean> {
  let border: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const seen = Buffer.concat([border, chunk]);
    if (seen.includes(ENCRYPTED_PART)) return true;
    border = seen.subarray(-ENCRYPTED_PART.length);
  }
  return false;
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
