import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { MessageBus } from '../platform/bus/message-bus.ts';
import { createAnswerCalls } from './answer-calls.ts';
import { type AnswerEvent, type EventStore, isLastEvent } from './event-store.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import { createWakeCall } from './wake-call.ts';

/** What the owner of an answer writes and any number of listeners, in any process, follow. */
export interface EventLog {
  /** An answer has one writer at a time; `lastId` is the last event there is, if any. */
  openWriter(answerId: string, lastId?: number): EventWriter;
  /**
   * Every event after `after`, in order, without gap or double, as it comes. Ends after `done` or
   * `error` and when the signal aborts. Of an answer the store no longer holds, or no longer from
   * there on, nothing ever comes: the caller must know whether it is still running. Reads on only
   * when it is asked for more, so a slow listener costs one page. Throws an AppError 503 when the
   * store is away.
   */
  follow(answerId: string, after: number, signal: AbortSignal): AsyncIterable<AnswerEvent>;
}

const PAGE = 100;
const POLL_MS = 1_000;

async function orUnavailable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    throw new AppError(503, 'unavailable', '实时服务暂时不可用，请稍后重试。', {
      cause,
      retryAfterSeconds: 2,
    });
  }
}

export function createEventLog(given: {
  store: EventStore;
  bus: MessageBus;
  logger: Logger;
  pollMs?: number;
}): EventLog {
  const { bus, logger, store } = given;
  const pollMs = given.pollMs ?? POLL_MS;
  const calls = createAnswerCalls(bus);

  /** What follows event `after` directly; behind a gap (it was trimmed) nothing does. */
  async function read(answerId: string, after: number, limit: number): Promise<AnswerEvent[]> {
    const events = await orUnavailable(store.read(answerId, after, limit));
    return events[0]?.id === after + 1 ? events : [];
  }

  /** A listener that has seen everything and asks again would otherwise wait for ever. */
  async function isOver(answerId: string, after: number): Promise<boolean> {
    if (after < 1) return false;
    const [event] = await read(answerId, after - 1, 1);
    return event !== undefined && isLastEvent(event);
  }

  async function* follow(answerId: string, after: number, signal: AbortSignal) {
    if (signal.aborted) return;
    const wake = createWakeCall();
    // Before the first read, or an event between the two would go unnoticed.
    const leave = await orUnavailable(calls.listen(answerId, wake.call));
    try {
      let last = after;
      let over = await isOver(answerId, after);
      while (!over && !signal.aborted) {
        wake.reset();
        const events = await read(answerId, last, PAGE);
        for (const event of events) {
          if (signal.aborted) return;
          last = event.id;
          over = isLastEvent(event);
          yield event;
          if (over) return;
        }
        if (events.length < PAGE) await wake.wait(pollMs, signal);
      }
    } finally {
      await leave().catch(() => undefined);
    }
  }

  return {
    openWriter: (answerId, lastId = 0) =>
      createEventWriter({
        append: (event) => store.append(answerId, event),
        find: async (id) => (await store.read(answerId, id - 1, 1))[0],
        wake: () => calls.announce(answerId),
        lastId,
        logger,
      }),
    follow,
  };
}
