import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Creates the folder where missing; rejects in plain words when Chroma could not write there. */
export async function prepareDataFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    const trial = join(dataDir, `.trial-${randomUUID()}`);
    await writeFile(trial, 'writable?');
    await rm(trial);
    await access(join(dataDir, 'chroma.sqlite3'), constants.R_OK | constants.W_OK).catch(
      ignoreMissing,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the data folder ${dataDir} cannot be written: ${reason}`, {
      cause: error,
    });
  }
}

/** Moves the folder out of the way, an empty one in its place; resolves to where it went. */
export async function setDataFolderAside(dataDir: string): Promise<string> {
  const timestamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const aside = `${dataDir}.corrupt-${timestamp}`;
  await rename(dataDir, aside);
  await mkdir(dataDir);
  return aside;
}

export async function putDataFolderBack(dataDir: string, aside: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
  await rename(aside, dataDir);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
