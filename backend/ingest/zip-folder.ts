import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { formatOf } from '../../corpus/uploads/upload-format.ts';
import { UsageError } from './ingest-arguments.ts';

/** The same for the same files, whenever they are packed: so an unchanged folder is known again. */
const MOMENT = new Date('2000-01-01T00:00:00Z');

/** Packs the texts of a folder; links and hidden files stay out. */
export async function zipFolder(folder: string, target: string): Promise<void> {
  const files = await textsIn(folder);
  if (files.length === 0) throw new UsageError(`${folder} 里没有可以收的文件。`);
  const zip = new ZipFile();
  for (const file of files) {
    const name = path.relative(folder, file).split(path.sep).join('/');
    zip.addFile(file, name, { mtime: MOMENT, mode: 0o100644, forceDosTimestamp: true });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(target));
}

async function textsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await textsIn(place)));
    else if (entry.isFile() && formatOf(entry.name) !== null) files.push(place);
  }
  return files;
}
