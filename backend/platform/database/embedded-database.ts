import { existsSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import knex from 'knex';
import type { Database } from './database.ts';
import { PgliteStream } from './pglite-stream.ts';

/** A large document is published in one transaction, for which all others wait. */
const ACQUIRE_TIMEOUT_MS = 25_000;

/**
 * PostgreSQL in WebAssembly, stored in `directory`, or in memory when it is left out (tests).
 * `snapshot` is a data folder dumped earlier, so that a test starts from a migrated database.
 */
export async function openEmbeddedDatabase(options: {
  directory?: string;
  snapshot?: Blob;
}): Promise<Database> {
  if (options.directory) refuseHalfRestored(options.directory);
  const pglite = await openPglite(options);
  const connection = knex({
    client: 'pg',
    connection: { stream: () => new PgliteStream(pglite), user: 'postgres', database: 'postgres' },
    pool: { min: 1, max: 1 },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    // Or the words of learners and hashes of passwords would stand in error messages, and so in the log.
    compileSqlOnError: false,
  });
  return {
    knex: connection,
    replica: undefined,
    kind: 'embedded',
    exclusive: true,
    async close() {
      await connection.destroy();
      await pglite.close();
    },
  };
}

/** Where a restore fills the database that is to take the place of the one in `directory`. */
export function restoringFolder(directory: string): string {
  return `${directory}.restoring`;
}

/** It was killed, perhaps when the old database was put aside and the new one not yet in its place. */
function refuseHalfRestored(directory: string): void {
  const draft = restoringFolder(directory);
  if (existsSync(directory) || !existsSync(draft)) return;
  throw new Error(
    `A restore into ${directory} was broken off. Run npm run restore again; or put ${directory}.replaced-… ` +
      `back in its place, if there is one, and delete ${draft}.`,
  );
}

async function openPglite(options: { directory?: string; snapshot?: Blob }): Promise<PGlite> {
  try {
    const pglite = await PGlite.create({
      ...(options.directory ? { dataDir: options.directory } : {}),
      ...(options.snapshot ? { loadDataDir: options.snapshot } : {}),
    });
    await pglite.query('select 1');
    return pglite;
  } catch (cause) {
    throw new Error(
      `The database in ${options.directory ?? 'memory'} cannot be opened. Nothing in it was changed. ` +
        'Put a backup of that folder back, or move it away to start with an empty one.',
      { cause },
    );
  }
}
