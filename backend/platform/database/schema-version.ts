import type { Knex } from 'knex';
import { type Migration, migrations as ours } from '../../../migrations/index.ts';

export const MIGRATIONS_TABLE = 'schema_migrations';

export type Migrations = Record<string, Migration>;

/** What a database holds, as this program sees it. */
export interface SchemaVersion {
  /** Names of the migrations that were run, oldest first. */
  applied: string[];
  /** Those of this program that are still to be run. */
  pending: string[];
  /** Those of newer programs. */
  unknown: string[];
  /** One of the unknown that took away what this program needs. */
  contraction: string | undefined;
}

/** The schema and this program do not fit together. */
export class SchemaError extends Error {
  override name = 'SchemaError';
}

/**
 * A migration that takes something away says in its name which migration a program must know to do
 * without it: `0021-drop-nicknames-after-0017`. A program that has never heard of it can still read that.
 */
export function neededBy(name: string): string | undefined {
  return /-after-(\d{4})$/.exec(name)?.[1];
}

export async function readSchemaVersion(
  knex: Knex,
  migrations: Migrations = ours,
): Promise<SchemaVersion> {
  const applied = await appliedMigrations(knex);
  const known = Object.keys(migrations);
  const unknown = applied.filter((name) => !known.includes(name));
  const knows = (number: string) => known.some((name) => name.startsWith(number));
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown,
    contraction: unknown.find((name) => {
      const needed = neededBy(name);
      return needed !== undefined && !knows(needed);
    }),
  };
}

/** Throws a {@link SchemaError} unless this program can work on the database as it is. */
export async function assertSchema(knex: Knex, migrations: Migrations = ours): Promise<void> {
  const version = await readSchemaVersion(knex, migrations);
  refuseContraction(version);
  if (version.pending.length === 0) return;
  throw new SchemaError(
    `the schema of the database is older than this program: ${version.pending.join(', ')} not run; ` +
      'run the migrations first (npm run migrate)',
  );
}

export function refuseContraction({ contraction }: SchemaVersion): void {
  if (contraction === undefined) return;
  throw new SchemaError(
    `the schema of the database is too new for this program: ${contraction} took away what it needs; ` +
      'start a newer version of the program',
  );
}

async function appliedMigrations(knex: Knex): Promise<string[]> {
  const found = await knex.raw('select to_regclass(?) as found', [MIGRATIONS_TABLE]);
  if (found.rows[0].found === null) return [];
  const rows = await knex(MIGRATIONS_TABLE).orderBy('id').select('name');
  return rows.map(({ name }) => name);
}
