import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { eventFrame } from '../realtime/event-frames.ts';
import type { ListenerPlaces } from '../realtime/listener-places.ts';
import type { SocketLine } from '../realtime/web-sockets.ts';
import type { AnswerService } from './answer-service.ts';
import { errorFrame, toSocketError } from './socket-errors.ts';

const MOST = 20;

/** The answers that one socket listens to. */
export interface SocketSubscriptions {
  /** Throws 429 when there are too many; give it back, or begin with it. */
  place(userId: string): () => void;
  /** Sends the events after `after`; an earlier subscription to the same answer ends. */
  begin(subscription: Subscription): void;
  end(messageId: string): void;
  endAll(): void;
  readonly count: number;
}

export interface Subscription {
  userId: string;
  messageId: string;
  after: number;
  leavePlace: () => void;
  /** Told in `meta`, for a client that waits to hear which answer is his. */
  clientId?: string | undefined;
}

export function createSocketSubscriptions(
  parts: { answers: Pick<AnswerService, 'follow'>; places: ListenerPlaces; logger: Logger },
  line: Pick<SocketLine, 'send'>,
  onEnd: () => void,
): SocketSubscriptions {
  const { answers, places, logger } = parts;
  const running = new Map<string, AbortController>();
  let taken = 0;

  async function pass(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { userId, messageId, after, clientId } = subscription;
    try {
      for await (const event of await answers.follow(userId, messageId, after, signal)) {
        if (signal.aborted) return;
        const more = event.name === 'meta' && clientId !== undefined ? { clientId } : {};
        await line.send(eventFrame(event, messageId, more));
      }
    } catch (error) {
      if (signal.aborted) return;
      await line.send(errorFrame(toSocketError(error, logger), { messageId, clientId }));
    }
  }

  const end = (messageId: string) => {
    running.get(messageId)?.abort();
    running.delete(messageId);
  };

  return {
    place(userId) {
      if (taken >= MOST) {
        throw new AppError(429, 'rate_limited', `一个连接最多同时收听 ${MOST} 个回答。`, {
          retryAfterSeconds: 5,
        });
      }
      const leave = places.take(userId);
      taken += 1;
      let left = false;
      return () => {
        if (!left) taken -= 1;
        left = true;
        leave();
      };
    },
    begin(subscription) {
      const { messageId, leavePlace } = subscription;
      end(messageId);
      const leaving = new AbortController();
      leaving.signal.addEventListener('abort', leavePlace);
      running.set(messageId, leaving);
      void pass(subscription, leaving.signal).finally(() => {
        leavePlace();
        if (running.get(messageId) === leaving) running.delete(messageId);
        onEnd();
      });
    },
    end,
    endAll() {
      for (const messageId of [...running.keys()]) end(messageId);
    },
    get count() {
      return running.size;
    },
  };
}
