import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { lockDataFolder } from '../platform/data-folder-lock.ts';
import type { Database } from '../platform/database/database.ts';
import { openEmbeddedDatabase, restoringFolder } from '../platform/database/embedded-database.ts';
import { openPostgres } from '../platform/database/postgres-database.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { notEmpty } from './restore-database.ts';

/** Where a backup goes: `fill` gets a database, which counts only when it has been filled whole. */
export interface RestorePlace {
  name: string;
  fill(replace: boolean, work: (database: Database) => Promise<void>): Promise<void>;
}

export function restorePlace(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  given: { logger: Logger; say: (line: string) => void },
): RestorePlace {
  const { databaseUrl: url, dataDir } = config;
  if (url === undefined) return embeddedPlace(dataDir, given.say);
  return {
    name: '数据库（DATABASE_URL）',
    async fill(_replace, work) {
      const database = await openPostgres({ url, logger: given.logger });
      await work(database).finally(() => database.close());
    },
  };
}

/** A folder of its own is filled and then takes the place of the old one, which is kept. */
function embeddedPlace(dataDir: string, say: (line: string) => void): RestorePlace {
  const folder = path.join(dataDir, 'database');
  const draft = restoringFolder(folder);
  return {
    name: `内置数据库（${dataDir}）`,
    async fill(replace, work) {
      makeFolder(dataDir);
      const lock = await lockDataFolder(folder);
      try {
        const isThere = await holdsSomething(folder);
        if (isThere && !replace) throw notEmpty();
        await rm(draft, { recursive: true, force: true });
        const database = await openEmbeddedDatabase({ directory: draft });
        await work(database).finally(() => database.close());
        const old = isThere ? `${folder}.replaced-${Date.now()}` : undefined;
        if (old) await rename(folder, old);
        await rename(draft, folder).catch(async (error: unknown) => {
          if (old) await rename(old, folder);
          throw error;
        });
        if (old) say(`原来的数据库留在 ${old}，确认无误后可以删除。`);
      } finally {
        await rm(draft, { recursive: true, force: true });
        await lock.release();
      }
    },
  };
}

async function holdsSomething(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch(() => []);
  return entries.length > 0;
}
