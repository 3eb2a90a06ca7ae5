import knex, { type Knex } from 'knex';
import type { Logger } from '../../logger.ts';
import type { Database } from './database.ts';

const POOL = { min: 0, max: 20 };
/** When hundreds ask at once, waiting for one's turn is better than being turned away. */
const ACQUIRE_TIMEOUT_MS = 25_000;

export async function openPostgres(options: {
  url: string;
  replicaUrl?: string | undefined;
  logger: Logger;
}): Promise<Database> {
  const primary = connect(options.url, options.logger);
  const reader = options.replicaUrl ? connect(options.replicaUrl, options.logger) : primary;
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
    exclusive: false,
    async close() {
      if (reader !== primary) await reader.destroy();
      await primary.destroy();
    },
  };
}

function connect(connectionString: string, logger: Logger): Knex {
  return knex({
    client: 'pg',
    connection: { connectionString, application_name: 'guoxue', statement_timeout: 30_000 },
    pool: POOL,
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    // Or the words of learners and hashes of passwords would stand in error messages, and so in the log.
    compileSqlOnError: false,
    log: knexLog(logger),
  });
}

/** Knex would print to the console. What it calls an error is thrown as well, and judged there. */
function knexLog(logger: Logger): NonNullable<Knex.Config['log']> {
  const warn = (said: unknown) => logger.warn({ knex: String(said) }, 'Knex warns');
  const debug = (said: unknown) => logger.debug({ knex: String(said) }, 'Knex says');
  return { warn, error: warn, deprecate: warn, debug };
}
