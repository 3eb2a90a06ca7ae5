/** Pictures come from this site only, under whatever name the browser knows it by. */
export function ownImage(url: string | null): string | null {
  if (url === null) return null;
  try {
    const { pathname } = new URL(url, 'http://here');
    return pathname.startsWith('/api/avatars/') ? pathname : null;
  } catch {
    return null;
  }
}

/** A Han character as it is; letters as capitals. */
export function initialOf(name: string): string {
  const [first = ''] = name.trim();
  return first.toUpperCase();
}
