import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { formatOf } from '../../corpus/uploads/upload-format.ts';
import { UsageError } from './ingest-arguments.ts';

/** Something that becomes one document. */
export interface PlannedDocument {
  path: string;
  /** Its files are packed into a zip first. */
  isFolder: boolean;
  title: string;
}

/** The wrapping folders of the public collection of classical texts with their translations. */
const COLLECTION = new Set(['双语数据', '古文原文']);
const PARALLEL_FILE = /^(?:bitext|source|text)\.txt$/iu;

/** One document a file, and a folder, but one a book where a folder holds several with translations. */
export async function planDocuments(
  given: string,
  { asOne }: { asOne: boolean },
): Promise<PlannedDocument[]> {
  const place = path.resolve(given);
  const found = await stat(place).catch(() => null);
  if (!found) throw new UsageError(`找不到 ${given}。`);
  if (!found.isDirectory()) {
    if (formatOf(place) === null) throw new UsageError(`不支持 ${given} 这种文件。`);
    return [{ path: place, isFolder: false, title: path.parse(place).name }];
  }
  const books = asOne ? [] : await booksIn(place);
  const folders = books.length > 0 ? books : [place];
  return folders.map((folder) => ({ path: folder, isFolder: true, title: path.basename(folder) }));
}

async function booksIn(folder: string): Promise<string[]> {
  const children = await foldersIn(folder);
  const wrapped = children.filter((child) => COLLECTION.has(path.basename(child)));
  if (wrapped.length > 0) return (await Promise.all(wrapped.map(foldersIn))).flat();
  if (COLLECTION.has(path.basename(folder))) return children;
  // 书/篇/bitext.txt: a folder whose folders all have only folders in them is a shelf.
  const depths = await Promise.all(children.map(parallelDepth));
  const isShelf = depths.length > 0 && depths.every((depth) => depth !== null && depth >= 1);
  return isShelf ? children : [];
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => path.join(folder, name))
    .sort();
}

/** How far down in a folder the first text with a translation is; null if there is none. */
async function parallelDepth(folder: string): Promise<number | null> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.isFile() && PARALLEL_FILE.test(entry.name))) return 0;
  for (const child of await foldersIn(folder)) {
    const depth = await parallelDepth(child);
    if (depth !== null) return depth + 1;
  }
  return null;
}
