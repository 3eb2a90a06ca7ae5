import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import * as yauzl from 'yauzl';
import { BackupError, damaged } from './backup-error.ts';
import { FORMAT, MANIFEST, type Manifest, manifestSchema, type Part } from './manifest.ts';

export interface ArchiveReader {
  manifest: Manifest;
  /** The bytes of a part as they were written. */
  read(part: Part): AsyncIterable<Buffer>;
  /** Reads everything and compares it with the manifest; throws where anything differs. */
  verify(signal: AbortSignal): Promise<void>;
  close(): void;
}

const LARGEST_MANIFEST = 16 * 1024 * 1024;

/** Opens an archive and reads what it says of itself; nothing else is believed yet. */
export async function openArchive(file: string): Promise<ArchiveReader> {
  const zip = await openZip(file);
  try {
    const entries = new Map<string, yauzl.Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const stream = async (name: string): Promise<Readable> => {
      const entry = entries.get(name);
      if (!entry) throw damaged(`没有 ${name}`);
      return zip.openReadStreamPromise(entry);
    };
    const manifest = await readManifest(await stream(MANIFEST));
    const read = async function* (part: Part) {
      yield* (await stream(part.name)) as AsyncIterable<Buffer>;
    };
    return {
      manifest,
      read,
      async verify(signal) {
        const parts = [...manifest.tables, ...manifest.files];
        if (entries.size !== parts.length + 1) throw damaged('内容与清单不符');
        for (const part of parts) await verifyPart(part, read(part), signal);
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error instanceof BackupError ? error : damaged('读不出来', error);
  }
}

async function openZip(file: string): Promise<yauzl.ZipFile> {
  try {
    return await yauzl.openPromise(file, { autoClose: false });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing) throw new BackupError(`没有 ${file} 这个文件。`);
    throw damaged('不是备份，或者没有写完', error);
  }
}

async function readManifest(stream: AsyncIterable<Buffer>): Promise<Manifest> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    bytes += piece.length;
    if (bytes > LARGEST_MANIFEST) throw damaged('清单过大');
    pieces.push(piece);
  }
  const said: unknown = JSON.parse(Buffer.concat(pieces).toString());
  const { format } = Object(said);
  if (typeof format === 'number' && format > FORMAT) {
    throw new BackupError(`这份备份是更新的版本做的（格式 ${format}），请用新版程序恢复。`);
  }
  const parsed = manifestSchema.safeParse(said);
  if (!parsed.success) throw damaged('清单不合格式', parsed.error);
  return parsed.data;
}

async function verifyPart(
  { name, bytes, sha256 }: Part,
  stream: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const piece of stream) {
      signal.throwIfAborted();
      hash.update(piece);
      read += piece.length;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw damaged(`${name} 读不出来`, error);
  }
  if (read !== bytes || hash.digest('hex') !== sha256) throw damaged(`${name} 与校验和不符`);
}
