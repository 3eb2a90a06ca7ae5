import knex, { type Knex } from 'knex';
import type { Logger } from '../../logger.ts';
import type { Database } from './database.ts';
import { watchReplica } from './replica.ts';

const POOL = { min: 0, max: 20 };
/** When hundreds ask at once, waiting for one's turn is better than being turned away. */
const ACQUIRE_TIMEOUT_MS = 25_000;
/**
 * The primary can answer instead of a replica, so nobody queues for one. A reading takes as long as a
 * report may; where the replica hangs, the next ones go to the primary after three seconds.
 */
const REPLICA_TIMES = { acquireMs: 2_000, queryMs: 35_000 };

export async function openPostgres(options: {
  url: string;
  replicaUrl?: string | undefined;
  logger: Logger;
}): Promise<Database> {
  const primary = connect(options.url, options.logger, { acquireMs: ACQUIRE_TIMEOUT_MS });
  try {
    await primary.raw('select 1');
  } catch (cause) {
    await primary.destroy();
    const where = new URL(options.url).host;
    throw new Error(`PostgreSQL at ${where} (DATABASE_URL) cannot be reached`, { cause });
  }
  const { replicaUrl, logger } = options;
  const replica = replicaUrl
    ? await watchReplica({ primary, logger, knex: connect(replicaUrl, logger, REPLICA_TIMES) })
    : undefined;
  return {
    knex: primary,
    replica,
    kind: 'postgresql',
    exclusive: false,
    async close() {
      await replica?.close();
      await primary.destroy();
    },
  };
}

function connect(
  connectionString: string,
  logger: Logger,
  times: { acquireMs: number; queryMs?: number },
): Knex {
  const connection = { connectionString, application_name: 'guoxue', statement_timeout: 30_000 };
  return knex({
    client: 'pg',
    connection: times.queryMs ? { ...connection, query_timeout: times.queryMs } : connection,
    pool: POOL,
    acquireConnectionTimeout: times.acquireMs,
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
