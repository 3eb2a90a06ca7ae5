import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Document } from './document.ts';
import type { FileStore } from './file-store.ts';

/** A file on this machine's disk for as long as it is read. */
export interface SpooledFile {
  path: string;
  remove(): Promise<void>;
}

/** Where a file may be written, and the way to be rid of it. */
export async function spoolPlace(folder: string): Promise<SpooledFile> {
  await mkdir(folder, { recursive: true });
  const place = path.join(folder, randomUUID());
  return { path: place, remove: () => rm(place, { force: true }) };
}

/** Writes the kept bytes of an upload to disk, piece by piece. */
export async function spoolFile(parts: {
  files: Pick<FileStore, 'chunk'>;
  document: Pick<Document, 'fileId' | 'byteSize' | 'fileHash'>;
  folder: string;
  onProgress: (done: number, total: number) => Promise<void>;
  signal: AbortSignal;
}): Promise<SpooledFile> {
  const { files, document, folder, onProgress, signal } = parts;
  const spooled = await spoolPlace(folder);
  const hash = createHash('sha256');
  const file = await open(spooled.path, 'wx');
  try {
    let written = 0;
    for (let n = 0; written < document.byteSize; n += 1) {
      signal.throwIfAborted();
      const bytes = await files.chunk(document.fileId, n);
      if (!bytes) throw new Error(`piece ${n} of file ${document.fileId} is missing`);
      hash.update(bytes);
      await file.write(bytes);
      written += bytes.length;
      await onProgress(written, document.byteSize);
    }
    if (hash.digest('hex') !== document.fileHash) throw new Error('a kept file has changed');
    return spooled;
  } catch (error) {
    await spooled.remove();
    throw error;
  } finally {
    await file.close();
  }
}
