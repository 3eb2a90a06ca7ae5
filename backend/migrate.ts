import { readConfig } from './config.ts';
import { createLogger } from './logger.ts';
import { migrate } from './platform/database/migrate.ts';
import { openDatabaseAlone } from './platform/open-platform.ts';
import { explainFailure } from './startup/explain-failure.ts';

/** `npm run migrate`: brings the schema up to date, says which migrations it ran, and ends. */
async function run(): Promise<void> {
  const config = readConfig(process.env);
  const database = await openDatabaseAlone(config, createLogger(config.logLevel));
  try {
    const onStep = (name: string) => process.stdout.write(`migrated: ${name}\n`);
    const done = await migrate(database.knex, { onStep });
    if (done.length === 0) process.stdout.write('the schema is up to date\n');
  } finally {
    await database.close();
  }
}

run().catch((error: unknown) => {
  console.error(explainFailure('The database could not be migrated', error));
  process.exit(1);
});
