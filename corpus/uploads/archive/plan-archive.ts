import { posix } from 'node:path';
import type { IrregularityLog } from '../../irregularities.ts';
import { RefusedFile } from '../refused-file.ts';
import { formatOf, type UploadFormat } from '../upload-format.ts';
import type { ArchiveEntry } from './archive.ts';
import { inNaturalOrder } from './natural-order.ts';

/** A part of an archive that is read as one file. */
export interface ArchivePart {
  /** For its reader; `pair` is a text and its translation, line by line. */
  kind: Exclude<UploadFormat, 'zip'> | 'pair';
  entry: ArchiveEntry;
  /** The translation of a `pair`. */
  translation: ArchiveEntry | null;
  /** The folders it lies in and its own name, without those that all have in common. */
  names: string[];
}

const SYSTEM_FILE = /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/iu;
const ARCHIVE_NAME = /\.(?:zip|rar|7z|gz|tgz|bz2|xz|tar|cab|iso|zst)$/iu;
/** The folders of the public collection of classical texts with their translations. */
const COLLECTION_FOLDERS = new Set(['双语数据', '古文原文']);
/** … and its files, by the names they have there and by those people give them. */
const PARALLEL_FILES = new Map([
  ['bitext.txt', 'bitext'],
  ['双语.txt', 'bitext'],
  ['source.txt', 'source'],
  ['原文.txt', 'source'],
  ['target.txt', 'target'],
  ['译文.txt', 'target'],
  ['text.txt', 'text'],
]);
const parallelRole = (name: string) => PARALLEL_FILES.get(posix.basename(name).toLowerCase());

/** What of an archive is read, in which order; the rest is said to be left out, and why. */
export function planArchive(entries: readonly ArchiveEntry[], log: IrregularityLog): ArchivePart[] {
  const locked = entries.find(({ encrypted }) => encrypted);
  if (locked) throw new RefusedFile('encrypted', locked.name);
  const parts: ArchivePart[] = [];
  const folders = parallelFolders(entries);
  for (const entry of entries) {
    const { name } = entry;
    const folder = posix.dirname(name);
    const kind = formatOf(name);
    if (SYSTEM_FILE.test(name)) log.note('系统文件', name);
    else if (ARCHIVE_NAME.test(name)) throw new RefusedFile('nested_archive', name);
    else if (kind === null || kind === 'zip') log.note('不支持的文件', name);
    else if (/^数据来源\.txt$/u.test(posix.basename(name))) log.note('来源说明', name);
    else if (folders.has(folder) && parallelRole(name) !== undefined) {
      const part = parallelPart(entry, folders.get(folder) ?? new Map());
      if (part) parts.push(part);
    } else {
      const stem = posix.basename(name, posix.extname(name));
      parts.push({ kind, entry, translation: null, names: [...foldersOf(name), stem] });
    }
  }
  return inNaturalOrder(dropCommon(withoutDoubles(parts, log)), ({ names }) => names.join('/'));
}

type Siblings = Map<string, ArchiveEntry>;

/** Folders with `bitext.txt`, or `source.txt` and `target.txt`, or the `text.txt` of the collection. */
function parallelFolders(entries: readonly ArchiveEntry[]): Map<string, Siblings> {
  const folders = new Map<string, Siblings>();
  for (const entry of entries) {
    const role = parallelRole(entry.name);
    if (role === undefined || SYSTEM_FILE.test(entry.name)) continue;
    const folder = posix.dirname(entry.name);
    const siblings = folders.get(folder) ?? new Map<string, ArchiveEntry>();
    folders.set(folder, siblings.set(role, entry));
  }
  for (const [folder, siblings] of folders) {
    const parallel = siblings.has('bitext') || siblings.has('source') || folder !== '.';
    if (!parallel) folders.delete(folder);
  }
  return folders;
}

/** One of the files of a folder stands for all of them. */
function parallelPart(entry: ArchiveEntry, siblings: Siblings): ArchivePart | null {
  const [bitext, source, target] = ['bitext', 'source', 'target'].map((role) => siblings.get(role));
  const names = foldersOf(entry.name);
  if (source && target) {
    return entry === source ? { kind: 'pair', entry, translation: target, names } : null;
  }
  const chosen = bitext ?? source ?? siblings.get('text');
  return entry === chosen ? { kind: 'txt', entry, translation: null, names } : null;
}

function foldersOf(name: string): string[] {
  const folders = posix.dirname(name).split('/');
  return folders.filter((folder) => folder !== '.');
}

/** A chapter that the collection has both alone and with its translation is read with it. */
function withoutDoubles(parts: readonly ArchivePart[], log: IrregularityLog): ArchivePart[] {
  const key = ({ names }: ArchivePart) =>
    names.filter((name) => !COLLECTION_FOLDERS.has(name)).join('/');
  const translated = new Set(parts.filter(({ names }) => names.includes('双语数据')).map(key));
  return parts.filter((part) => {
    const double = part.names.includes('古文原文') && translated.has(key(part));
    if (double) log.note('已收有译文的同一篇', part.entry.name);
    return !double;
  });
}

function dropCommon(parts: readonly ArchivePart[]): ArchivePart[] {
  const bare = parts.map((part) => ({
    ...part,
    names: part.names.filter((name) => !COLLECTION_FOLDERS.has(name)),
  }));
  const [first] = bare;
  let common = 0;
  const shared = () =>
    bare.every(({ names }) => names.length > common + 1 && names[common] === first?.names[common]);
  while (first && shared()) common += 1;
  return bare.map((part) => ({ ...part, names: part.names.slice(common) }));
}
