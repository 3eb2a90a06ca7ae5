import { closeRedisClient, type RedisClient, type RedisConnections } from '../redis-connection.ts';

type BullClientType = 'client' | 'subscriber' | 'bclient';

/** Commands and subscriptions share two connections; every consumer blocks on one of its own. */
export interface BullClients {
  commands(): RedisClient;
  /** Bull's `createClient`; collects the connection on which the queue blocks in `blocking`. */
  createFor(blocking: RedisClient[]): (type: BullClientType) => RedisClient;
  close(): Promise<void>;
}

export function createBullClients(connections: RedisConnections): BullClients {
  const shared = new Map<BullClientType, RedisClient>();
  const all: RedisClient[] = [];
  const open = () => {
    const client = connections.open('bull');
    // Every Bull queue that shares it adds its listeners.
    client.setMaxListeners(0);
    all.push(client);
    return client;
  };
  const openShared = (type: BullClientType) => {
    const client = shared.get(type) ?? open();
    shared.set(type, client);
    return client;
  };
  return {
    commands: () => openShared('client'),
    createFor: (blocking) => (type) => {
      if (type !== 'bclient') return openShared(type);
      const client = open();
      blocking.push(client);
      return client;
    },
    close: async () => {
      await Promise.all(all.map(closeRedisClient));
    },
  };
}
