export interface RedisNode {
  host: string;
  port: number;
}

export interface RedisCredentials {
  username?: string;
  password?: string;
  db?: number;
  tls?: Record<string, never>;
}

export type RedisAddress =
  | { kind: 'single'; url: string }
  | { kind: 'cluster'; nodes: RedisNode[]; credentials: RedisCredentials }
  | {
      kind: 'sentinel';
      nodes: RedisNode[];
      masterName: string;
      sentinelPassword: string | undefined;
      credentials: RedisCredentials;
    };

// `new URL` refuses several hosts with ports, hence by hand.
const SEVERAL_HOSTS =
  /^redis(?<tls>s?)\+(?<kind>sentinel|cluster):\/\/(?:(?<login>[^@/]*)@)?(?<hosts>[^/?]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;

const DEFAULT_PORTS = { sentinel: 26379, cluster: 6379 };

function parseNode(text: string, defaultPort: number): RedisNode {
  const parts = /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d+))?$/.exec(text.trim());
  const host = parts?.groups?.ipv6 ?? parts?.groups?.name;
  if (!host) throw new Error(`REDIS_URL names a host that is not host:port: ${text}`);
  return { host, port: Number(parts?.groups?.port ?? defaultPort) };
}

function parseLogin(login: string | undefined): RedisCredentials {
  if (!login) return {};
  const colon = login.indexOf(':');
  const username = decodeURIComponent(colon < 0 ? '' : login.slice(0, colon));
  const password = decodeURIComponent(login.slice(colon + 1));
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

/** Reads `redis[s]://…`, `redis[s]+sentinel://a:1,b:2/masterName[/db]`, `redis[s]+cluster://a:1,b:2`. */
export function parseRedisUrl(url: string): RedisAddress {
  if (/^rediss?:\/\//.test(url)) return { kind: 'single', url };
  const found = SEVERAL_HOSTS.exec(url)?.groups;
  if (!found?.hosts) {
    throw new Error(
      'REDIS_URL must start with redis://, rediss://, redis+sentinel:// or redis+cluster://',
    );
  }
  const kind = found.kind === 'sentinel' ? 'sentinel' : 'cluster';
  const nodes = found.hosts.split(',').map((node) => parseNode(node, DEFAULT_PORTS[kind]));
  const credentials: RedisCredentials = {
    ...parseLogin(found.login),
    ...(found.tls ? { tls: {} } : {}),
  };
  if (kind === 'cluster') return { kind, nodes, credentials };
  const [masterName, db] = (found.path ?? '').split('/');
  if (!masterName) throw new Error('REDIS_URL with redis+sentinel:// must end in /masterName');
  const sentinelPassword =
    new URLSearchParams(found.query ?? '').get('sentinelPassword') ?? undefined;
  const withDatabase = db ? { ...credentials, db: Number(db) } : credentials;
  return { kind, nodes, masterName, sentinelPassword, credentials: withDatabase };
}
