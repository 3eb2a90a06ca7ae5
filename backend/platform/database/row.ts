type SnakeKey<Key extends string> = Key extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeKey<Rest>}`
  : '';

/** A domain object as its table spells it: `contentHash` is the column `content_hash`. */
export type RowOf<Domain> = { [Key in keyof Domain & string as SnakeKey<Key>]: Domain[Key] };

const snake = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (key: string) =>
  key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function renameKeys(value: object, rename: (key: string) => string): object {
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [rename(key), field]));
}

/** Arrays go into jsonb columns: the driver would otherwise write them as PostgreSQL arrays. */
export function toRow<Domain extends object>(domain: Domain): Record<string, unknown> {
  const row = renameKeys(domain, snake);
  return Object.fromEntries(
    Object.entries(row).map(([key, field]) => [
      key,
      Array.isArray(field) ? JSON.stringify(field) : field,
    ]),
  );
}

export function fromRow<Domain extends object>(row: RowOf<Domain>): Domain {
  return renameKeys(row, camel) as Domain;
}
