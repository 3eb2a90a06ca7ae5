import knex, { type Knex } from 'knex';
import type { Database } from './database.ts';

const POOL = { min: 0, max: 10 };
const ACQUIRE_TIMEOUT_MS = 10_000;

export async function openPostgres(options: {
  url: string;
  replicaUrl?: string | undefined;
}): Promise<Database> {
  const primary = connect(options.url);
  const reader = options.replicaUrl ? connect(options.replicaUrl) : primary;
  try {
    await primary.raw('select 1');
  } catch (cause) {
    await primary.destroy();
    const where = new URL(options.url).host;
    throw new Error(`PostgreSQL at ${where} (DATABASE_URL) cannot be reached`, { cause });
  }
  return {
    knex: primary,
    reader,
    kind: 'postgresql',
    async close() {
      if (reader !== primary) await reader.destroy();
      await primary.destroy();
    },
  };
}

function connect(connectionString: string): Knex {
  return knex({
    client: 'pg',
    connection: { connectionString, application_name: 'guoxue', statement_timeout: 30_000 },
    pool: POOL,
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    // Or the words of learners and hashes of passwords would stand in error messages, and so in the log.
    compileSqlOnError: false,
  });
}
