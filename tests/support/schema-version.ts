import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** Another one whenever a migration changes: what was prepared for the tests is made anew then. */
export async function schemaVersion(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of (await readdir(MIGRATIONS)).sort()) {
    hash.update(file).update(await readFile(new URL(file, MIGRATIONS)));
  }
  return hash.digest('hex').slice(0, 16);
}
