import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from '../logger.ts';
import { migrate } from '../platform/database/migrate.ts';
import { assertSchema, readSchemaVersion } from '../platform/database/schema-version.ts';

/** As long as a step of `npm run migrate` may take, and some more. */
const LONGEST_WAIT_MS = 90_000;
const LOOK_MS = 1_000;

/**
 * Before anything else reads the database: migrates, or waits until `npm run migrate` has done so
 * elsewhere. Throws a `SchemaError` that says what is lacking.
 */
export async function prepareSchema(
  knex: Knex,
  { migrateAtStart }: { migrateAtStart: boolean },
  logger: Logger,
  waitMs = LONGEST_WAIT_MS,
): Promise<void> {
  if (migrateAtStart) {
    await migrate(knex);
    return;
  }
  const deadline = Date.now() + waitMs;
  let { pending } = await readSchemaVersion(knex);
  if (pending.length > 0) logger.warn({ pending }, 'waiting for the migrations to be run');
  while (pending.length > 0 && Date.now() < deadline) {
    await sleep(LOOK_MS);
    ({ pending } = await readSchemaVersion(knex));
  }
  await assertSchema(knex);
}
