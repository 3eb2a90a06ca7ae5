import type { Knex } from 'knex';
import { migrations } from '../../migrations/index.ts';
import { composeStores } from '../compose-stores.ts';
import { holdSchema, migrate } from '../platform/database/migrate.ts';
import type { Migrations } from '../platform/database/schema-version.ts';
import type { ArchiveReader } from './archive-reader.ts';
import { BackupError, damaged } from './backup-error.ts';
import { loadTable } from './load-table.ts';
import type { Manifest, TablePart } from './manifest.ts';
import { quoted, type Table, tablesOf } from './tables.ts';
import { writePlainly } from './unload-table.ts';

export interface RestoreOptions {
  /** Whether what is in the database may go. */
  replace: boolean;
  onTable: (part: TablePart) => void;
  signal: AbortSignal;
}

/**
 * Fills the database from an archive, all of it or, whatever goes wrong, nothing: one transaction makes
 * the schema as it was, loads the rows, and then migrates to the schema of this program.
 */
export async function restoreDatabase(
  knex: Knex,
  archive: ArchiveReader,
  options: RestoreOptions,
): Promise<void> {
  const thatSchema = schemaOf(archive.manifest);
  await knex.transaction(async (transaction) => {
    await holdSchema(transaction);
    await makeRoom(transaction, options.replace);
    await migrate(transaction, { migrations: thatSchema });
    // A migration limits what it waits for; this may take as long as it takes.
    await transaction.raw('set local lock_timeout = 0');
    await writePlainly(transaction);
    const tables = await tablesOf(transaction);
    const foreignKeys = await liftRules(transaction, tables);
    await loadAll(transaction, tables, archive, options);
    await imposeRules(transaction, tables, foreignKeys);
    await continueSequences(transaction);
    await forgetVectors(transaction);
    await migrate(transaction);
    await transaction.raw('set local statement_timeout = 0');
    await assertSoundBooks(transaction);
  });
}

function schemaOf({ schema }: Manifest): Migrations {
  const unknown = schema.filter((name) => !migrations[name]);
  if (unknown.length > 0) {
    throw new BackupError(
      `这份备份是更新的版本做的（本程序没有 ${unknown.join('、')}），请用新版程序恢复。`,
    );
  }
  return Object.fromEntries(Object.entries(migrations).filter(([name]) => schema.includes(name)));
}

async function makeRoom(transaction: Knex, replace: boolean): Promise<void> {
  const others = await transaction.raw(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and application_name = 'guoxue' and pid <> pg_backend_pid()`,
  );
  const { count } = others.rows[0];
  if (count > 0) {
    throw new BackupError(`还有服务连着这个数据库（${count} 个连接），请先全部停下再恢复。`);
  }
  const { rows: tables } = await transaction.raw<{ rows: { name: string }[] }>(
    `select relname as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')`,
  );
  if (tables.length === 0) return;
  if (!replace) throw notEmpty();
  await transaction.raw(`drop table ${tables.map(({ name }) => quoted(name)).join(', ')} cascade`);
  const { rows: functions } = await transaction.raw<{ rows: { name: string }[] }>(
    `select oid::regprocedure::text as name from pg_proc
     where pronamespace = current_schema()::regnamespace
       and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')`,
  );
  for (const { name } of functions) await transaction.raw(`drop function ${name} cascade`);
}

export function notEmpty(): BackupError {
  return new BackupError('要恢复到的地方已有数据。确实要用备份取代它，请加上 --replace。');
}

interface ForeignKey {
  table: string;
  name: string;
  definition: string;
}

/**
 * While rows come in table by table, keys point at what is not there yet, and the rules of the ledger
 * would want each journal in one statement. What the migrations have put in goes as well.
 */
async function liftRules(transaction: Knex, tables: readonly Table[]): Promise<ForeignKey[]> {
  const { rows: foreignKeys } = await transaction.raw<{ rows: ForeignKey[] }>(
    `select conrelid::regclass::text as table, conname as name,
       pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace`,
  );
  const lift = [
    ...foreignKeys.map(({ table, name }) => `alter table ${table} drop constraint ${quoted(name)}`),
    ...tables.flatMap(({ name }) => [
      `alter table ${quoted(name)} disable trigger user`,
      `delete from ${quoted(name)}`,
    ]),
  ];
  await transaction.raw(lift.join(';\n'));
  return foreignKeys;
}

/** Keys are checked for every row as they are made again. */
async function imposeRules(
  transaction: Knex,
  tables: readonly Table[],
  foreignKeys: readonly ForeignKey[],
): Promise<void> {
  const impose = [
    ...tables.map(({ name }) => `alter table ${quoted(name)} enable trigger user`),
    ...foreignKeys.map(
      ({ table, name, definition }) =>
        `alter table ${table} add constraint ${quoted(name)} ${definition}`,
    ),
  ];
  await transaction.raw(impose.join(';\n'));
}

async function loadAll(
  transaction: Knex,
  tables: readonly Table[],
  archive: ArchiveReader,
  { onTable, signal }: RestoreOptions,
): Promise<void> {
  for (const part of archive.manifest.tables) {
    signal.throwIfAborted();
    const table = tables.find(({ name }) => name === part.table);
    if (!table) throw damaged(`它的版本里没有 ${part.table} 这个表`);
    await loadTable(transaction, table, part, archive.read(part));
    onTable(part);
  }
}

async function continueSequences(transaction: Knex): Promise<void> {
  const { rows } = await transaction.raw<{
    rows: Record<'sequence' | 'table' | 'column', string>[];
  }>(
    `select d.objid::regclass::text as sequence, d.refobjid::regclass::text as table,
       quote_ident(a.attname) as column
     from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S'
       join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
     where c.relnamespace = current_schema()::regnamespace and d.deptype in ('a', 'i')`,
  );
  for (const { sequence, table, column } of rows) {
    await transaction.raw(
      `select setval(?, coalesce(max(${column}), 1), max(${column}) is not null) from ${table}`,
      [sequence],
    );
  }
}

/** They are not in the archive: every text is to be embedded again, whatever this place has kept. */
async function forgetVectors(transaction: Knex): Promise<void> {
  await transaction('document_versions').update({ embedded: '{}' });
}

/** What could not be written through the program must not come in by an archive either. */
async function assertSoundBooks(transaction: Knex): Promise<void> {
  const { totals, differing } = await composeStores(transaction).ledger.trialBalance();
  const sum = Object.values(totals).reduce((all, total) => all + total, 0);
  if (sum !== 0 || differing.length > 0) throw damaged('账目不平');
  const { rows } = await transaction.raw(
    'select from ledger_entries group by journal_id having sum(amount) <> 0 limit 1',
  );
  if (rows.length > 0) throw damaged('有一笔账借贷不平');
}
