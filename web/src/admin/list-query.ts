/** The part of the page's address that narrows a list, as the server wants it; blanks are left out. */
export function listQuery(
  address: URLSearchParams,
  names: readonly string[],
  limit: number,
): string {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const name of names) {
    const value = address.get(name)?.trim();
    if (value) query.set(name, value);
  }
  return query.toString();
}

/** The same address with one thing changed; empty takes it out. */
export function withChoice(address: URLSearchParams, name: string, value: string) {
  const next = new URLSearchParams(address);
  if (value === '') next.delete(name);
  else next.set(name, value);
  return next;
}
