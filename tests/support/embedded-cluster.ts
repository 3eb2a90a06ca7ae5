import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = path.join(ROOT, 'node_modules/.cache/guoxue-tests');

/**
 * An empty cluster as PGlite makes it at the very first start, which takes seconds: made once and
 * copied, so that a test waits only for what the program does with it.
 */
export async function copyEmptyCluster(to: string): Promise<void> {
  await cp(await emptyCluster(), to, { recursive: true });
}

async function emptyCluster(): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(`${ROOT}/package.json`, 'utf8'));
  const cluster = path.join(CACHE, `pglite-${dependencies['@electric-sql/pglite']}`);
  if (await stat(cluster).catch(() => undefined)) return cluster;
  const making = `${cluster}.${process.pid}`;
  await mkdir(CACHE, { recursive: true });
  const pglite = await PGlite.create({ dataDir: making });
  await pglite.close();
  // Another test file may have been faster; its cluster is as good.
  await rename(making, cluster).catch(() => rm(making, { recursive: true, force: true }));
  return cluster;
}
