import type { Knex } from 'knex';
import { readSchemaVersion } from '../platform/database/schema-version.ts';
import type { ArchiveWriter } from './archive-writer.ts';
import { BackupError } from './backup-error.ts';
import type { Manifest, TablePart } from './manifest.ts';
import { MADE_AGAIN, tablesOf } from './tables.ts';
import { unloadTable, writePlainly } from './unload-table.ts';

/** All tables as they were at one moment, while others go on reading and writing. */
export async function backUpDatabase(
  knex: Knex,
  writer: ArchiveWriter,
  onTable: (table: TablePart) => void,
): Promise<Pick<Manifest, 'schema' | 'tables'> & { server: string }> {
  const snapshot = { isolationLevel: 'repeatable read', readOnly: true } as const;
  return knex.transaction(async (transaction) => {
    await writePlainly(transaction);
    const { applied: schema } = await readSchemaVersion(transaction);
    if (schema.length === 0) throw new BackupError('这个数据库是空的，没有什么可备份。');
    const { rows: said } = await transaction.raw('show server_version');
    const tables: TablePart[] = [];
    for (const table of await tablesOf(transaction)) {
      if (MADE_AGAIN.includes(table.name)) continue;
      let rows = 0;
      const lines = unloadTable(transaction, table, (more) => {
        rows += more;
      });
      const part = await writer.add(`database/${table.name}.jsonl`, lines);
      const columns = table.columns.map(({ name }) => name);
      tables.push({ ...part, table: table.name, columns, rows });
      onTable({ ...part, table: table.name, columns, rows });
    }
    return { schema, tables, server: said[0].server_version };
  }, snapshot);
}
