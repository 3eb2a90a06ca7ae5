import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { BackupError } from './backup-error.ts';
import type { Part } from './manifest.ts';

export interface ArchiveWriter {
  /** Writes one part to its end before it resolves. */
  add(name: string, pieces: AsyncIterable<string>): Promise<Part>;
}

/**
 * Writes a zip whose parts `fill` adds one after the other. The file appears under its name only when
 * it is whole and on the disk, is never put over another, and can be read by its owner alone.
 */
export async function writeArchive(
  file: string,
  fill: (writer: ArchiveWriter) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  const zip = new ZipFile();
  const target = createWriteStream(draft, { mode: 0o600, flags: 'wx' });
  const written = pipeline(zip.outputStream, target, { signal });
  // It is awaited below; until then its failure ends the part that would wait for ever to go on.
  const broken = new AbortController();
  written.catch((error: unknown) => broken.abort(error));
  const add = (name: string, pieces: AsyncIterable<string>) =>
    addPart(zip, { name, pieces, signal: broken.signal });
  try {
    await once(target, 'open');
    await Promise.race([written, fill({ add })]);
    zip.end();
    await written;
    await flush(draft);
    // Unlike a rename this fails where there is a file of that name.
    await link(draft, file);
  } catch (error) {
    signal.throwIfAborted();
    throw alreadyThere(error) ? new BackupError(`${file} 已经存在，不会覆盖。`) : error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function addPart(
  zip: ZipFile,
  { name, pieces, signal }: { name: string; pieces: AsyncIterable<string>; signal: AbortSignal },
): Promise<Part> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* measured() {
    for await (const piece of pieces) {
      const buffer = Buffer.from(piece);
      hash.update(buffer);
      bytes += buffer.length;
      yield buffer;
    }
  }
  await new Promise<void>((resolve, reject) => {
    const stream = Readable.from(measured(), { objectMode: false, signal });
    stream.once('end', resolve).once('error', reject).once('close', reject);
    // Of unknown length, so that it must be told beforehand that it may be above 4 GiB.
    zip.addReadStream(stream, name, { forceZip64Format: true, mode: 0o100600 });
  });
  return { name, bytes, sha256: hash.digest('hex') };
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  await handle.sync().finally(() => handle.close());
}

function alreadyThere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}
