import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../backend/platform/database/migrate.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { silentLogger } from './redis-space.ts';
import { schemaVersion } from './schema-version.ts';
import { postgresUrl } from './services.ts';

/** A database on the server that nobody else uses. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

const TEMPLATES = 'guoxue_template_';
/** Any number, the same in every process: whoever holds this advisory lock makes the template. */
const TEMPLATE_LOCK = 3_902_417;
const KEPT_FOR = '1 day';

/** With nothing in it. */
export function createDatabase(): Promise<TestDatabase> {
  return create('template1');
}

/**
 * With today's schema, for all whose story begins after the first start. Its commits do not wait for
 * the disk: no test pulls the plug of the server, and waiting was half the time of many.
 */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  return create(await template(), 'synchronous_commit = off');
}

async function create(from: string, setting?: string): Promise<TestDatabase> {
  const name = `guoxue_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(async (client) => {
    await client.query(`create database ${name} template ${from}`);
    if (setting) await client.query(`alter database ${name} set ${setting}`);
  });
  const drop = () => onServer((client) => client.query(`drop database ${name} with (force)`));
  return { url: urlOf(name), drop: async () => void (await drop()) };
}

let templateName: Promise<string> | undefined;

function template(): Promise<string> {
  templateName ??= schemaVersion().then(async (version) => {
    const name = `${TEMPLATES}${version}`;
    await onServer(async (client) => {
      await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
      if (await exists(client, name)) return;
      await dropOld(client);
      await makeTemplate(client, name);
    });
    return name;
  });
  return templateName;
}

async function makeTemplate(client: pg.Client, name: string): Promise<void> {
  const making = `${TEMPLATES}${randomUUID().replaceAll('-', '')}`;
  await client.query(`create database ${making}`);
  await client.query(`comment on database ${making} is '${new Date().toISOString()}'`);
  const database = await openPostgres({ url: urlOf(making), logger: silentLogger });
  await migrate(database.knex).finally(() => database.close());
  await client.query(`alter database ${making} rename to ${name}`);
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  const found = await client.query('select 1 from pg_database where datname = $1', [name]);
  return found.rows.length > 0;
}

/** Templates of schemas that were; younger ones may be those of another working copy. */
async function dropOld(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database where datname like $1
       and shobj_description(oid, 'pg_database')::timestamptz < now() - $2::interval`,
    [`${TEMPLATES}%`, KEPT_FOR],
  );
  for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`);
}

async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  return work(client).finally(() => client.end());
}

function urlOf(name: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}
