import type { Logger } from '../logger.ts';
import { createRedisConnections } from './redis-connection.ts';

const CONTACT_MS = 10_000;
const BATCH = 1_000;

/**
 * Removes everything that the service keeps in Redis: all of it is a copy of the database or passing,
 * and nothing of it fits a database that was put in place of another. Throws where Redis is away.
 */
export async function clearRedis(url: string, prefix: string, logger: Logger): Promise<number> {
  const connections = createRedisConnections({ url, logger });
  try {
    if (!(await connections.ready(CONTACT_MS))) throw new Error('Redis does not answer');
    const client = connections.commands;
    const nodes = 'nodes' in client ? client.nodes('master') : [client];
    let removed = 0;
    for (const node of nodes) {
      for await (const keys of node.scanStream({ match: `{${prefix}}*`, count: BATCH })) {
        if (keys.length > 0) removed += await client.unlink(...keys);
      }
    }
    return removed;
  } finally {
    await connections.close();
  }
}
