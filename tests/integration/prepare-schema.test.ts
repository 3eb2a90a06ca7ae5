import { jest } from '@jest/globals';
import { migrate } from '../../backend/platform/database/migrate.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { SchemaError } from '../../backend/platform/database/schema-version.ts';
import { prepareSchema } from '../../backend/startup/prepare-schema.ts';
import { aWhile } from '../support/eventually.ts';
import { silentLogger } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { createDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

const WAIT = { migrateAtStart: false };

describeWith('postgres', 'the schema, before a process begins', () => {
  let database: TestDatabase;
  const open = () => openPostgres({ url: database.url, logger: silentLogger });
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  test('is waited for where somebody else migrates', async () => {
    const [waiting, migrating] = [await open(), await open()];
    let prepared = false;
    const preparation = prepareSchema(waiting.knex, WAIT, silentLogger).then(() => {
      prepared = true;
    });
    await aWhile();
    expect(prepared).toBe(false);
    await migrate(migrating.knex);
    await preparation;
    await Promise.all([waiting.close(), migrating.close()]);
  });

  test('that nobody makes is told by what is lacking', async () => {
    const { knex, close } = await open();
    const preparation = prepareSchema(knex, WAIT, silentLogger, 0);
    await expect(preparation).rejects.toThrow(SchemaError);
    await expect(preparation).rejects.toThrow(/0001-accounts.* not run; .*npm run migrate/);
    await close();
  });
});
