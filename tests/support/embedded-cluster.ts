import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { openEmbeddedDatabase } from '../../backend/platform/database/embedded-database.ts';
import { migrate } from '../../backend/platform/database/migrate.ts';
import { schemaVersion } from './schema-version.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = path.join(ROOT, 'node_modules/.cache/guoxue-tests');
const DAY_MS = 86_400_000;

/**
 * An empty cluster as PGlite makes it at the very first start, which takes seconds: made once and
 * copied, so that a test waits only for what the program does with it.
 */
export async function copyEmptyCluster(to: string): Promise<void> {
  await copyFolder(await emptyCluster(), to);
}

/** One with today's schema, for all whose story begins after the first start. */
export async function copyMigratedCluster(to: string): Promise<void> {
  await copyFolder(await migratedCluster(), to);
}

/** Many times as fast as `cp` of Node, which asks more than once about each of a thousand files. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map((entry) => {
      const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
      return entry.isDirectory() ? copyFolder(source, target) : copyFile(source, target);
    }),
  );
}

async function emptyCluster(): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(`${ROOT}/package.json`, 'utf8'));
  return kept(`pglite-${dependencies['@electric-sql/pglite']}`, async (directory) => {
    const pglite = await PGlite.create({ dataDir: directory });
    await pglite.close();
  });
}

async function migratedCluster(): Promise<string> {
  const empty = await emptyCluster();
  return kept(`${path.basename(empty)}-${await schemaVersion()}`, async (directory) => {
    await removeOld(`${path.basename(empty)}-`);
    await copyFolder(empty, directory);
    const database = await openEmbeddedDatabase({ directory });
    await migrate(database.knex);
    await database.close();
  });
}

/** Clusters of schemas that were; a test may still be copying a younger one. */
async function removeOld(beginning: string): Promise<void> {
  for (const name of (await readdir(CACHE)).filter((each) => each.startsWith(beginning))) {
    const folder = path.join(CACHE, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > DAY_MS) await rm(folder, { recursive: true, force: true });
  }
}

/** The folder of that name, made if nobody has yet. */
async function kept(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const folder = path.join(CACHE, name);
  if (await stat(folder).catch(() => undefined)) return folder;
  const making = `${folder}.${process.pid}`;
  await mkdir(CACHE, { recursive: true });
  await make(making);
  // Another test file may have been faster; its cluster is as good.
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  return folder;
}
