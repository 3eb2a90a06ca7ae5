/** What a link in a mail, or WeChat, put into the address for this page alone. */
export interface Arrival {
  token: string | null;
  code: string | null;
  state: string | null;
}

const SECRETS = ['token', 'code', 'state'] as const;
const PAGES = ['/verify-email', '/reset-password', '/login/wechat'];

interface Place {
  pathname: string;
  search: string;
  hash: string;
}

interface Past {
  state: unknown;
  replaceState(state: unknown, unused: string, address: string): void;
}

/** Takes them out of the address at once, so that neither history nor a shared link keeps them. */
export function takeArrival(place: Place, past: Past): Arrival {
  const arrival: Arrival = { token: null, code: null, state: null };
  if (!PAGES.includes(place.pathname)) return arrival;
  const query = new URLSearchParams(place.search);
  for (const name of SECRETS) {
    arrival[name] = query.get(name);
    query.delete(name);
  }
  const rest = query.size > 0 ? `?${query}` : '';
  past.replaceState(past.state, '', `${place.pathname}${rest}${place.hash}`);
  return arrival;
}
