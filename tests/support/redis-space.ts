import { randomUUID } from 'node:crypto';
import { createLogger } from '../../backend/logger.ts';
import {
  createRedisConnections,
  type RedisConnections,
} from '../../backend/platform/redis-connection.ts';
import { redisUrl } from './services.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export const silentLogger = createLogger('silent');

/** A corner of the test server's key space that nobody else uses. */
export interface RedisSpace {
  prefix: string;
  connections: RedisConnections;
  /** Connections as another process of the service would have. */
  connect(url?: string): Promise<RedisConnections>;
  /** Closes all connections and removes the keys. */
  dispose(): Promise<void>;
}

async function removeKeys(connections: RedisConnections, prefix: string): Promise<void> {
  const client = connections.commands;
  const nodes = 'nodes' in client ? client.nodes('master') : [client];
  for (const node of nodes) {
    for await (const keys of node.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if (keys.length > 0) await client.del(...keys);
    }
  }
}

export async function openRedisSpace(): Promise<RedisSpace> {
  const prefix = `{test-${randomUUID()}}`;
  const opened: RedisConnections[] = [];
  const connect = async (url = redisUrl) => {
    const connections = createRedisConnections({ url, logger: silentLogger });
    opened.push(connections);
    if (!(await connections.ready(4_000))) throw new Error('Redis was there a moment ago');
    return connections;
  };
  const connections = await connect();
  return {
    prefix,
    connections,
    connect,
    async dispose() {
      await removeKeys(connections, prefix);
      await Promise.all(opened.map((each) => each.close()));
    },
  };
}

export interface CuttableRedis {
  connections: RedisConnections;
  proxy: TcpProxy;
}

/** Connections of the space through a proxy that can be cut; needs a plain `redis://` server. */
export async function connectThroughProxy(space: RedisSpace): Promise<CuttableRedis> {
  const { hostname, port } = new URL(redisUrl);
  const proxy = await openTcpProxy({ host: hostname, port: Number(port || 6379) });
  const url = new URL(redisUrl);
  url.host = `127.0.0.1:${proxy.port}`;
  return { connections: await space.connect(url.href), proxy };
}
