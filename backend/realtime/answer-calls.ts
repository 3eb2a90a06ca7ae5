import type { MessageBus } from '../platform/bus/message-bus.ts';

/** Calls listeners of this process when something was appended to an answer. */
export interface AnswerCalls {
  /** Resolves once whatever is appended from now on will be announced; call the result to stop. */
  listen(answerId: string, call: () => void): Promise<() => Promise<void>>;
  /** Tells listeners in every process. */
  announce(answerId: string): Promise<void>;
}

interface Channel {
  calls: Set<() => void>;
  subscribed: Promise<() => Promise<void>>;
}

/** However many listen to an answer, the bus has one subscription for it in a process. */
export function createAnswerCalls(bus: MessageBus): AnswerCalls {
  const channels = new Map<string, Channel>();
  const nameOf = (answerId: string) => `answer:${answerId}`;

  function open(answerId: string): Channel {
    const calls = new Set<() => void>();
    const subscribed = bus.subscribe(nameOf(answerId), () => {
      for (const call of calls) call();
    });
    // Whoever waits for it hears of a failure; without this, nobody waiting would be a crash.
    subscribed.catch(() => undefined);
    const channel = { calls, subscribed };
    channels.set(answerId, channel);
    return channel;
  }

  async function leave(answerId: string, channel: Channel, call: () => void): Promise<void> {
    channel.calls.delete(call);
    if (channel.calls.size > 0 || channels.get(answerId) !== channel) return;
    channels.delete(answerId);
    const unsubscribe = await channel.subscribed.catch(() => undefined);
    await unsubscribe?.();
  }

  return {
    async listen(answerId, call) {
      const channel = channels.get(answerId) ?? open(answerId);
      channel.calls.add(call);
      try {
        await channel.subscribed;
      } catch (error) {
        await leave(answerId, channel, call);
        throw error;
      }
      return () => leave(answerId, channel, call);
    },
    announce: (answerId) => bus.publish(nameOf(answerId), null),
  };
}
