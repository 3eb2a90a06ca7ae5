import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteSource } from '../text-source.ts';

/** Puts a file out of an archive on the disk while it is used: one that is an archive itself cannot be streamed. */
export async function withSpooled(
  source: ByteSource,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'upload-'));
  try {
    const path = join(folder, 'file');
    await pipeline(Readable.from(source.open()), createWriteStream(path));
    await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
