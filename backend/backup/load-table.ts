import type { Knex } from 'knex';
import { damaged } from './backup-error.ts';
import type { TablePart } from './manifest.ts';
import { quoted, type Table } from './tables.ts';

const BATCH_CHARACTERS = 1024 * 1024;
const BATCH_ROWS = 2_000;
const NEWLINE = 0x0a;

/** Puts the rows of a part into its table; throws where they are not what the manifest says. */
export async function loadTable(
  transaction: Knex,
  table: Table,
  part: TablePart,
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]));
  const sameColumns = part.columns.length === types.size;
  if (!sameColumns || part.columns.some((name) => !types.has(name))) {
    throw damaged(`${table.name} 的列与备份所说的版本不符`);
  }
  const columns = part.columns.map(quoted).join(', ');
  const values = part.columns.map((name, at) => `(line ->> ${at})::${types.get(name)}`).join(', ');
  const insert = `
    insert into ${quoted(table.name)} (${columns}) overriding system value
    select ${values} from json_array_elements(?::json) as line`;
  let rows = 0;
  for await (const batch of batches(linesOf(bytes))) {
    await transaction.raw(insert, [`[${batch.join(',')}]`]);
    rows += batch.length;
  }
  if (rows !== part.rows) throw damaged(`${table.name} 的行数不对`);
}

async function* batches(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let characters = 0;
  for await (const line of lines) {
    batch.push(line);
    characters += line.length;
    if (characters < BATCH_CHARACTERS && batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Not `readline`: that also ends lines where Unicode would, in the middle of a text. */
async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  for await (const piece of bytes) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...begun, piece.subarray(from, end)]).toString();
      begun = [];
      from = end + 1;
    }
    if (from < piece.length) begun.push(piece.subarray(from));
  }
  if (begun.length > 0) throw damaged('最后一行不完整');
}
