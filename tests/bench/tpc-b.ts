import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';
const SCALE = 10;

/** Where Debian keeps it, or on the path. */
function findPgbench(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort().reverse() : [];
  const folders = [
    ...versions.map((version) => path.join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ];
  return folders.map((folder) => path.join(folder, 'pgbench')).find((file) => existsSync(file));
}

/** pgbench's own TPC-B-like transactions; `undefined` where there is no pgbench. */
export async function prepareTpcB(url: string, clients: number) {
  const pgbench = findPgbench();
  if (!pgbench) return undefined;
  await run(pgbench, ['--initialize', '--quiet', `--scale=${SCALE}`, url]);
  return {
    /** Transactions a second. */
    async measure(seconds: number): Promise<number> {
      const load = [`--client=${clients}`, '--jobs=2', `--time=${seconds}`, '--no-vacuum'];
      const { stdout } = await run(pgbench, [...load, url]);
      const [, tps] = /^tps = ([\d.]+)/m.exec(stdout) ?? [];
      if (!tps) throw new Error(`pgbench said no tps:\n${stdout}`);
      return Number(tps);
    },
  };
}
