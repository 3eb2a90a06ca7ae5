import type { Logger } from '../../logger.ts';
import type { MessageBus } from './message-bus.ts';

type Handler = (message: unknown) => void;

/** Reaches the subscribers of this process, after the publisher has moved on. */
export function createMemoryMessageBus(given: { logger: Logger }): MessageBus {
  const channels = new Map<string, Set<Handler>>();

  function deliver(channel: string, json: string): void {
    for (const handler of [...(channels.get(channel) ?? [])]) {
      try {
        handler(JSON.parse(json));
      } catch (error) {
        given.logger.error({ err: error, channel }, 'message handler failed');
      }
    }
  }

  return {
    async publish(channel, message) {
      const json = JSON.stringify(message ?? null);
      setImmediate(deliver, channel, json);
    },
    async subscribe(channel, handler) {
      // A wrapper of its own, so that one function may subscribe twice as it may with Redis.
      const own: Handler = (message) => handler(message);
      const handlers = channels.get(channel) ?? new Set();
      channels.set(channel, handlers.add(own));
      return async () => {
        handlers.delete(own);
        if (handlers.size === 0 && channels.get(channel) === handlers) channels.delete(channel);
      };
    },
    async close() {
      channels.clear();
    },
  };
}
