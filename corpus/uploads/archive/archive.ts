import { crc32 } from 'node:zlib';
import * as yauzl from 'yauzl';
import {
  HARMLESS_INSIDE,
  LARGEST_DESCRIPTION,
  LARGEST_INSIDE,
  LARGEST_RATIO,
  MOST_ENTRIES,
} from '../limits.ts';
import { RefusedFile } from '../refused-file.ts';
import type { ByteSource } from '../text-source.ts';
import { checkEntryName, decodeEntryName } from './entry-name.ts';

/** A file in an archive. */
export interface ArchiveEntry extends ByteSource {
  compressedSize: number;
  encrypted: boolean;
}

export interface Archive {
  /** The files, in the order of the archive. */
  entries: ArchiveEntry[];
  /** The whole of a small file; null where there is none of that name. */
  readSmall(name: string): Promise<string | null>;
  close(): void;
}

/** Called with packed bytes as they are used up. */
export type CountPacked = (bytes: number) => void;

/** Opens a zip and looks through all its names; refuses what is unsafe, before anything is unpacked. */
export async function openArchive(path: string, countPacked: CountPacked): Promise<Archive> {
  const zip = await openZip(path);
  try {
    const budget = { left: LARGEST_INSIDE };
    const entries: ArchiveEntry[] = [];
    if (zip.entryCount > MOST_ENTRIES) throw new RefusedFile('too_many_entries');
    for await (const entry of zip.eachEntry()) {
      const name = decodeEntryName(entry.fileNameRaw, entry.generalPurposeBitFlag);
      checkEntry(entry, name);
      if (name.endsWith('/')) continue;
      entries.push(toEntry(zip, entry, name, budget, countPacked));
    }
    const find = (name: string) => entries.find((entry) => entry.name === name);
    return { entries, readSmall: (name) => readSmall(find(name)), close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error instanceof RefusedFile ? error : new RefusedFile('damaged');
  }
}

async function openZip(path: string): Promise<yauzl.ZipFile> {
  try {
    // Names are decoded here; sizes are counted here, whatever the archive declares.
    return await yauzl.openPromise(path, {
      decodeStrings: false,
      validateEntrySizes: false,
      autoClose: false,
    });
  } catch {
    throw new RefusedFile('damaged');
  }
}

const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

function checkEntry(entry: yauzl.Entry, name: string): void {
  checkEntryName(name);
  const mode = entry.externalFileAttributes >>> 16;
  if ((mode & FILE_TYPE) === SYMBOLIC_LINK) throw new RefusedFile('symbolic_link', name);
}

function toEntry(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  name: string,
  budget: { left: number },
  countPacked: CountPacked,
): ArchiveEntry {
  const encrypted = entry.isEncrypted();
  return {
    name,
    compressedSize: entry.compressedSize,
    encrypted,
    open() {
      if (encrypted) throw new RefusedFile('encrypted', name);
      return unpack(zip, entry, name, budget, countPacked);
    },
  };
}

/** The bytes of a file, counted as they come out, their checksum compared at the end. */
async function* unpack(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  name: string,
  budget: { left: number },
  countPacked: CountPacked,
): AsyncIterable<Uint8Array> {
  let unpacked = 0;
  let checksum = 0;
  let told = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      budget.left -= chunk.length;
      checksum = crc32(chunk, checksum);
      const bomb = unpacked > HARMLESS_INSIDE && unpacked > entry.compressedSize * LARGEST_RATIO;
      if (budget.left < 0 || bomb) throw new RefusedFile('too_large_inside', name);
      yield chunk;
      const share = Math.min(1, unpacked / Math.max(1, entry.uncompressedSize));
      const used = Math.floor(entry.compressedSize * share);
      countPacked(used - told);
      told = used;
    }
  } catch (error) {
    throw error instanceof RefusedFile ? error : new RefusedFile('damaged', name);
  }
  if (checksum !== entry.crc32) throw new RefusedFile('damaged', name);
  countPacked(entry.compressedSize - told);
}

async function readSmall(entry: ArchiveEntry | undefined): Promise<string | null> {
  if (!entry) return null;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of entry.open()) {
    size += chunk.length;
    if (size > LARGEST_DESCRIPTION) throw new RefusedFile('too_large_inside', entry.name);
    parts.push(chunk);
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\ufeff/u, '');
}

/** The first characters of a text in UTF-8. */
export async function beginningOf(source: ByteSource): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of source.open()) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= BEGINNING) break;
  }
  return text.slice(0, BEGINNING);
}

const BEGINNING = 256 * 1024;
