import { createLogger } from '../../backend/logger.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { live } from './ingestion-life.ts';

/** A worker that takes a document in, and dies as if of `kill -9` at a given moment. */
export interface Fate {
  url: string;
  folder: string;
  fileIds: string[];
  /** It dies so many milliseconds after it has sent its so manieth query; null: it survives. */
  dies: { query: number; afterMs: number } | null;
}

const { url, folder, fileIds, dies }: Fate = JSON.parse(process.argv[2] ?? '{}');
const database = await openPostgres({ url, logger: createLogger('silent') });
let queries = 0;
database.knex.on('query', () => {
  queries += 1;
  if (queries !== dies?.query) return;
  const die = () => process.kill(process.pid, 'SIGKILL');
  if (dies.afterMs === 0) die();
  else setTimeout(die, dies.afterMs);
});
await live(database.knex, fileIds, folder);
process.stdout.write(`${queries}\n`);
await database.close();
