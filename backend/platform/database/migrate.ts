import type { Knex } from 'knex';
import { migrations } from '../../../migrations/index.ts';

/** Any number, the same in every process: whoever holds this advisory lock migrates. */
const ADVISORY_LOCK = 4_716_238;

const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(migrations),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const migration = migrations[name];
    if (!migration) throw new Error(`Unknown migration ${name}`);
    return migration;
  },
};

/**
 * Brings the schema up to date. Several processes may call it at once: one migrates, the others
 * wait on a session-level advisory lock, which PostgreSQL frees when its holder dies. Knex's own
 * lock row would outlive a crash, so it is cleared under that lock.
 */
export async function migrate(knex: Knex): Promise<void> {
  await knex.transaction(async (transaction) => {
    await transaction.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCK]);
    const settings = { migrationSource, tableName: 'schema_migrations' };
    await transaction.migrate.forceFreeMigrationsLock(settings);
    await transaction.migrate.latest(settings);
  });
}
