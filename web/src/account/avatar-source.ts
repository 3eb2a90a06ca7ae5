/**
 * Pictures come from this site, under whatever name the browser knows it by, or from where WeChat
 * keeps them; the content policy admits no others.
 */
export function shownImage(url: string | null): string | null {
  if (url === null) return null;
  try {
    const { protocol, hostname, pathname } = new URL(url, 'http://here');
    if (pathname.startsWith('/api/avatars/')) return pathname;
    return protocol === 'https:' && hostname.endsWith('.qlogo.cn') ? url : null;
  } catch {
    return null;
  }
}

/** A Han character as it is; letters as capitals. */
export function initialOf(name: string): string {
  const [first = ''] = name.trim();
  return first.toUpperCase();
}
