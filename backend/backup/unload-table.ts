import type { Knex } from 'knex';
import { quoted, type Table } from './tables.ts';

/** Of text, at a time; rows differ a thousandfold in size, so their number follows from it. */
const BATCH_CHARACTERS = 2 * 1024 * 1024;
const FIRST_BATCH = 16;
/** Also bounds what one batch takes where large rows follow small ones. */
const LARGEST_BATCH = 2_000;
/** A row of bytes is a piece of a file, half a megabyte or a few bytes of its end. */
const LARGEST_BATCH_OF_BYTES = 16;

/**
 * The rows of a table, a line each: a JSON array with each column as PostgreSQL writes it as text, so
 * that every type survives, on any server. Must run in a transaction, which is what it sees.
 */
export async function* unloadTable(
  transaction: Knex,
  { name, columns }: Table,
  onRows: (rows: number) => void,
): AsyncGenerator<string> {
  const values = columns.map((column) => `${quoted(column.name)}::text`).join(', ');
  await transaction.raw(
    `declare unloaded no scroll cursor for
       select json_build_array(${values})::text as line from ${quoted(name)}`,
  );
  const holdsBytes = columns.some(({ type }) => type === 'bytea');
  const largest = holdsBytes ? LARGEST_BATCH_OF_BYTES : LARGEST_BATCH;
  for (let size = FIRST_BATCH; ; ) {
    const { rows } = await transaction.raw<{ rows: { line: string }[] }>(
      `fetch forward ${size} from unloaded`,
    );
    if (rows.length === 0) break;
    const text = rows.map(({ line }) => `${line}\n`).join('');
    yield text;
    onRows(rows.length);
    const average = Math.ceil(text.length / rows.length);
    size = Math.min(largest, size * 4, Math.max(1, Math.floor(BATCH_CHARACTERS / average)));
  }
  await transaction.raw('close unloaded');
}

/** How times and bytes are written must not depend on how the server is set up. */
export async function writePlainly(transaction: Knex): Promise<void> {
  await transaction.raw(`
    set local datestyle = 'ISO, YMD';
    set local intervalstyle = 'postgres';
    set local timezone = 'UTC';
    set local bytea_output = 'hex';
    set local extra_float_digits = 1;
    set local statement_timeout = 0;
  `);
}
