import type { Knex } from 'knex';

export interface Column {
  name: string;
  /** As SQL writes it. */
  type: string;
}

export interface Table {
  name: string;
  /** Those that hold what was given; without generated ones. */
  columns: Column[];
}

/** Made again by itself: which texts have their vectors in which collection of Chroma. */
export const MADE_AGAIN: readonly string[] = ['work_vectors'];
/** Kept by the migrations themselves. */
const OF_MIGRATIONS = ['schema_migrations', 'schema_migrations_lock'];

const TABLES = `
  select c.relname as name,
    json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod))
      order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
    and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  group by c.relname order by c.relname`;

/** The tables of the program, read from the database, so that none can be forgotten. */
export async function tablesOf(knex: Knex): Promise<Table[]> {
  const { rows } = await knex.raw<{ rows: Table[] }>(TABLES);
  return rows.filter(({ name }) => !OF_MIGRATIONS.includes(name));
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
