import { z } from 'zod';
import { AppError } from '../errors.ts';

const LONGEST_CURSOR = 500;

export const pageQuery = {
  limit: z.coerce
    .number({ error: '必须是数字' })
    .int({ error: '必须是整数' })
    .min(1, { error: '不能小于 1' })
    .max(100, { error: '不能大于 100' })
    .default(20),
  cursor: z
    .string()
    .max(LONGEST_CURSOR)
    .refine((cursor) => cursor.length > LONGEST_CURSOR || isPosition(cursor), {
      error: '无效的游标，请从第一页重新取',
    })
    .optional(),
};

/** By its looks, so that it is said with the other faults; of which list it is only the route knows. */
function isPosition(cursor: string): boolean {
  try {
    return Array.isArray(decode(cursor));
  } catch {
    return false;
  }
}

function decode(cursor: string): unknown {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
}

/** A time in a cursor; PostgreSQL knows no year 0. */
export const cursorTime = z.iso.datetime().refine((time) => !time.startsWith('0000'));

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Opaque to callers: where the last row of a page stood in the order of its list. */
export function writeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

export function readCursor<Position extends z.ZodType>(
  cursor: string | undefined,
  position: Position,
): z.infer<Position> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return position.parse(decode(cursor));
  } catch (cause) {
    throw new AppError(400, 'invalid_input', '分页游标无效，请从第一页重新取。', {
      details: [{ path: 'cursor', message: '无效的游标' }],
      cause,
    });
  }
}

/**
 * All rows of a list, read a page at a time: neither a query nor what is held of it grows with the list.
 * `read` returns what comes after a position.
 */
export async function* allRows<Row, Position>(
  read: (after: Position | undefined) => Promise<Row[]>,
  positionOf: (row: Row) => Position,
): AsyncGenerator<Row> {
  let after: Position | undefined;
  for (;;) {
    const rows = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = positionOf(last);
  }
}

/** Cuts the row that was read too many, and tells from it whether there is a next page. */
export function toPage<Row>(
  rows: Row[],
  limit: number,
  positionOf: (row: Row) => readonly (string | number)[],
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? writeCursor(positionOf(last)) : null };
}
