import type { Knex } from 'knex';

/** What a program may rely on in a database, each thing by a name. */
export interface DatabaseStructure {
  /** `table.column` → type. */
  columns: Map<string, { type: string; required: boolean }>;
  /** Whatever refuses rows: checks, keys, unique indexes. */
  refusals: Map<string, { table: string; definition: string }>;
}

interface Column {
  table: string;
  column: string;
  type: string;
  required: boolean;
}

interface Refusal {
  name: string;
  table: string;
  definition: string;
}

const COLUMNS = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull and not a.atthasdef and a.attidentity = '' as required
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
    and a.attnum > 0 and not a.attisdropped`;
const CONSTRAINTS = `
  select conname as name, conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition
  from pg_constraint
  where connamespace = current_schema()::regnamespace and contype <> 'n' and conrelid <> 0`;
const UNIQUE = `
  select indexrelid::regclass::text as name, indrelid::regclass::text as table,
    pg_get_indexdef(indexrelid) as definition
  from pg_index join pg_class c on c.oid = indrelid
  where indisunique and c.relnamespace = current_schema()::regnamespace`;

export async function readStructure(knex: Knex): Promise<DatabaseStructure> {
  const columns: Column[] = (await knex.raw(COLUMNS)).rows;
  const refusals: Refusal[] = [
    ...(await knex.raw(CONSTRAINTS)).rows,
    ...(await knex.raw(UNIQUE)).rows,
  ];
  return {
    columns: new Map(
      columns.map(({ table, column, ...rest }) => [`${table}.${column}`, rest] as const),
    ),
    refusals: new Map(refusals.map(({ name, ...rest }) => [name, rest] as const)),
  };
}

/** What a program written for `before` would miss or be refused in `after`. */
export function losses(
  before: DatabaseStructure,
  after: DatabaseStructure,
  widened: readonly string[] = [],
): string[] {
  const lost: string[] = [];
  const tableOf = (column: string) => column.split('.')[0] ?? '';
  const tables = new Set([...before.columns.keys()].map(tableOf));
  for (const [name, { type }] of before.columns) {
    const now = after.columns.get(name);
    if (!now) lost.push(`${name} is gone`);
    else if (now.type !== type) lost.push(`${name} was ${type} and is ${now.type}`);
  }
  for (const [name, { required }] of after.columns) {
    const was = before.columns.get(name);
    const isOld = tables.has(tableOf(name));
    if (required && isOld && !was?.required) lost.push(`${name} must be given now`);
  }
  for (const [name, { table, definition }] of after.refusals) {
    const same = before.refusals.get(name)?.definition === definition;
    if (tables.has(table) && !same && !widened.includes(name)) {
      lost.push(`${table} refuses more: ${name}`);
    }
  }
  return lost;
}
