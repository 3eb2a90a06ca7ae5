import { parseSetCookie } from 'cookie';
import type { Reply } from './service-client.ts';
import { visit } from './service-client.ts';

export interface WebPage {
  /** What the browser would send along. */
  cookies: Map<string, string>;
  /** All that the service ever set, with attributes. */
  setCookies: ReturnType<typeof parseSetCookie>[];
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
}

/** Calls the service as its own page in a browser does: marked, and with the cookies it was given. */
export function openWebPage(url: string, token?: string): WebPage {
  const client = visit(url, token);
  const cookies = new Map<string, string>();
  const setCookies: WebPage['setCookies'] = [];
  const call = async (method: string, path: string, body?: unknown, headers = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await client.call(method, path, body, {
      'x-guoxue-client': 'web',
      ...(cookie === '' ? {} : { cookie }),
      ...headers,
    });
    for (const line of reply.headers.getSetCookie()) {
      const set = parseSetCookie(line);
      setCookies.push(set);
      const over = set.expires !== undefined && set.expires.getTime() <= 0;
      if (over || set.value === undefined) cookies.delete(set.name);
      else cookies.set(set.name, set.value);
    }
    return reply;
  };
  return {
    cookies,
    setCookies,
    post: (path, body = {}, headers) => call('POST', path, body, headers),
    get: (path, headers) => call('GET', path, undefined, headers),
  };
}
