import type { EventLog } from '../realtime/event-log.ts';
import { type AnswerEvent, isLastEvent } from '../realtime/event-store.ts';
import { failureData } from './answer-failure.ts';
import type { Message } from './message.ts';
import { presentMessage } from './present-message.ts';

export type Events = AsyncIterable<AnswerEvent>;

const CHECK_MS = 3_000;
/** Twice, because the row says that an answer has ended a moment before its last event is there. */
const CHECKS_TO_BELIEVE = 2;

/**
 * The events of a running answer, to their end in any case: if the log loses them on the way (Redis
 * restarted empty, the hour is over) the stored message tells how it ended.
 */
export function createAnswerFollowing(parts: {
  events: Pick<EventLog, 'follow'>;
  message: (id: string) => Promise<Message | undefined>;
  balanceOf: (userId: string) => Promise<{ balance: number }>;
}) {
  const { events, message, balanceOf } = parts;

  async function* follow(
    userId: string,
    id: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<AnswerEvent> {
    const lost = new AbortController();
    let last = after;
    let waiting = true;
    let heard = false;
    let endedChecks = 0;
    const check = setInterval(async () => {
      const quiet = waiting && !heard;
      heard = false;
      if (!quiet) return;
      const stored = await message(id).catch(() => 'unknown' as const);
      if (stored === 'unknown' || stored?.status === 'streaming') endedChecks = 0;
      else endedChecks += 1;
      if (endedChecks >= CHECKS_TO_BELIEVE) lost.abort();
    }, CHECK_MS);
    check.unref();
    try {
      for await (const event of events.follow(id, after, AbortSignal.any([signal, lost.signal]))) {
        last = event.id;
        waiting = false;
        yield event;
        if (isLastEvent(event)) return;
        waiting = true;
        heard = true;
        endedChecks = 0;
      }
    } finally {
      clearInterval(check);
    }
    if (!lost.signal.aborted || signal.aborted) return;
    const stored = await message(id);
    if (!stored) return;
    const { balance } = await balanceOf(userId);
    yield { id: last + 1, ...endingOf(stored, balance) };
  }

  return { follow };
}

export function endingOf(message: Message, balance: number): Pick<AnswerEvent, 'name' | 'data'> {
  if (message.status !== 'failed') {
    return { name: 'done', data: { message: presentMessage(message), balance } };
  }
  return { name: 'error', data: failureData(message) };
}

/** What a listener would have heard of an answer long over, told at once from the stored message. */
export async function* storedEvents(message: Message, after: number, balance: number): Events {
  const ending = endingOf(message, balance);
  if (after > 0) {
    yield { id: after + 1, ...ending };
    return;
  }
  const told: Pick<AnswerEvent, 'name' | 'data'>[] = [
    { name: 'meta', data: { userMessageId: message.questionId, messageId: message.id } },
    { name: 'citations', data: { citations: message.citations } },
  ];
  if (message.content !== '') told.push({ name: 'delta', data: { text: message.content } });
  told.push(ending);
  for (const [index, event] of told.entries()) yield { id: index + 1, ...event };
}
