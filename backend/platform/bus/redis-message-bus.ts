import type { Logger } from '../../logger.ts';
import { closeRedisClient, type RedisClient, type RedisConnections } from '../redis-connection.ts';
import type { MessageBus } from './message-bus.ts';

type Handler = (message: unknown) => void;

interface Channel {
  handlers: Set<Handler>;
  subscribed: Promise<unknown>;
}

const SUBSCRIBE_TIMEOUT_MS = 2_000;

/** The subscriber's commands wait for the server for ever; whoever subscribes must not. */
function withTimeout<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('Redis did not confirm the subscription in time'));
    const timer = setTimeout(late, SUBSCRIBE_TIMEOUT_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function resubscribeOnReturn(
  subscriber: RedisClient,
  channels: Map<string, Channel>,
  logger: Logger,
): void {
  subscriber.on('ready', () => {
    if (channels.size === 0) return;
    subscriber.subscribe(...channels.keys()).catch((error: unknown) => {
      logger.warn({ err: error }, 'could not subscribe again');
    });
  });
}

/** Pub/Sub: publishes over the shared client, listens over one connection of its own. */
export function createRedisMessageBus(given: {
  connections: RedisConnections;
  prefix: string;
  logger: Logger;
}): MessageBus {
  const { connections, logger } = given;
  const channels = new Map<string, Channel>();
  const subscriber = connections.open('subscriber');
  const nameOf = (channel: string) => `${given.prefix}:bus:${channel}`;
  resubscribeOnReturn(subscriber, channels, logger);

  subscriber.on('message', (name: string, json: string) => {
    for (const handler of [...(channels.get(name)?.handlers ?? [])]) {
      try {
        handler(JSON.parse(json));
      } catch (error) {
        logger.error({ err: error, channel: name }, 'message handler failed');
      }
    }
  });

  function channelOf(name: string): Channel {
    const known = channels.get(name);
    if (known) return known;
    const opened = { handlers: new Set<Handler>(), subscribed: subscriber.subscribe(name) };
    // Whoever waits for it hears of a failure; without this, nobody waiting would be a crash.
    opened.subscribed.catch(() => undefined);
    channels.set(name, opened);
    return opened;
  }

  async function stop(name: string, channel: Channel, handler: Handler): Promise<void> {
    channel.handlers.delete(handler);
    if (channel.handlers.size > 0 || channels.get(name) !== channel) return;
    channels.delete(name);
    await withTimeout(subscriber.unsubscribe(name)).catch(() => undefined);
  }

  return {
    async publish(channel, message) {
      await connections.commands.publish(nameOf(channel), JSON.stringify(message ?? null));
    },
    async subscribe(channel, handler) {
      const name = nameOf(channel);
      const own: Handler = (message) => handler(message);
      const entry = channelOf(name);
      entry.handlers.add(own);
      try {
        await withTimeout(entry.subscribed);
      } catch (error) {
        void stop(name, entry, own);
        throw error;
      }
      return () => stop(name, entry, own);
    },
    async close() {
      channels.clear();
      await closeRedisClient(subscriber);
    },
  };
}
