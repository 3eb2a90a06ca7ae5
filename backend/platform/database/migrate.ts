import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { migrations as ours } from '../../../migrations/index.ts';
import {
  MIGRATIONS_TABLE,
  type Migrations,
  readSchemaVersion,
  refuseContraction,
  SchemaError,
} from './schema-version.ts';

/** Any number, the same in every process: whoever holds this advisory lock changes the schema. */
const ADVISORY_LOCK = 4_716_238;
/** Of another process that migrates: one step of it. */
const LONGEST_TURN_MS = 10 * 60_000;
const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK_DETECTED = '40P01';
const STATEMENT_CANCELLED = '57014';

export interface MigrateOptions {
  migrations?: Migrations;
  /** Told of each step that is done. */
  onStep?: (name: string) => void;
  limits?: MigrationLimits;
}

export interface MigrationLimits {
  /**
   * Whoever waits for a table makes all others wait behind, readers too; so nobody waits longer. Below
   * PostgreSQL's `deadlock_timeout` (1 s), after which of two that wait for each other a learner may lose.
   */
  lockMs: number;
  statementMs: number;
  attempts: number;
  pauseMs: number;
}

const LIMITS: MigrationLimits = {
  lockMs: 500,
  statementMs: 60_000,
  attempts: 40,
  pauseMs: 1_000,
};

/**
 * Brings the schema up to date beside programs that go on working; the names of what was run. Several
 * processes may call it at once: each step is a transaction that begins with an advisory lock, so one
 * runs it and the others find it done. A step that does not get its tables steps back and tries again.
 *
 * Throws a {@link SchemaError} where the schema is too new for this program, or a step cannot be done.
 */
export async function migrate(knex: Knex, options: MigrateOptions = {}): Promise<string[]> {
  const done: string[] = [];
  for (;;) {
    const name = await runNext(knex, options);
    if (name === undefined) return done;
    done.push(name);
    options.onStep?.(name);
  }
}

/** Until the end of the transaction nobody else changes the schema. */
export async function holdSchema(transaction: Knex): Promise<void> {
  await transaction.raw(`set local statement_timeout = ${LONGEST_TURN_MS}`);
  try {
    await transaction.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCK]);
  } catch (error) {
    throw codeOf(error) === STATEMENT_CANCELLED ? heldByAnother(error) : error;
  }
}

async function runNext(knex: Knex, options: MigrateOptions): Promise<string | undefined> {
  const { limits = LIMITS } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await knex.transaction((transaction) => step(transaction, options, limits));
    } catch (error) {
      if (codeOf(error) === STATEMENT_CANCELLED) throw tooSlow(limits, error);
      if (!missedItsTurn(error)) throw error;
      if (attempt === limits.attempts) throw noTurn(limits, error);
      await sleep(limits.pauseMs);
    }
  }
}

async function step(
  transaction: Knex.Transaction,
  { migrations = ours }: MigrateOptions,
  limits: MigrationLimits,
): Promise<string | undefined> {
  await holdSchema(transaction);
  const version = await readSchemaVersion(transaction, migrations);
  refuseContraction(version);
  const [name] = version.pending;
  if (name === undefined) return undefined;
  await transaction.raw(`set local lock_timeout = ${limits.lockMs}`);
  await transaction.raw(`set local statement_timeout = ${limits.statementMs}`);
  const settings = {
    migrationSource: sourceOf(migrations),
    tableName: MIGRATIONS_TABLE,
    // Those of newer programs are judged above.
    disableMigrationsListValidation: true,
  };
  // Knex keeps a lock of its own as a row, which would outlive a crash; ours is enough.
  await transaction.migrate.forceFreeMigrationsLock(settings);
  await transaction.migrate.up({ ...settings, name });
  return name;
}

function sourceOf(migrations: Migrations): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => Object.keys(migrations),
    getMigrationName: (name) => name,
    getMigration: async (name) => {
      const migration = migrations[name];
      if (!migration) throw new Error(`Unknown migration ${name}`);
      return migration;
    },
  };
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** Undone, with nothing wrong about it: later it may go. */
function missedItsTurn(error: unknown): boolean {
  const code = codeOf(error);
  return code === LOCK_NOT_AVAILABLE || code === DEADLOCK_DETECTED;
}

function heldByAnother(cause: unknown): SchemaError {
  return new SchemaError(
    `another process has been changing or restoring the schema for ${LONGEST_TURN_MS / 60_000} minutes; ` +
      'nothing was changed here: pg_locks shows who holds the advisory lock',
    { cause },
  );
}

function noTurn({ attempts, lockMs }: MigrationLimits, cause: unknown): SchemaError {
  return new SchemaError(
    `a migration asked ${attempts} times, ${lockMs / 1_000} s each, for a table that something holds; ` +
      'it changed nothing and can be run again: pg_stat_activity shows who has been in a transaction for long',
    { cause },
  );
}

function tooSlow({ statementMs }: MigrationLimits, cause: unknown): SchemaError {
  return new SchemaError(
    `a statement of a migration took longer than ${statementMs / 1_000} s and was undone; ` +
      'what takes so long belongs into a job, not into a migration',
    { cause },
  );
}
