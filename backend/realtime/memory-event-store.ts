import { type AnswerEvent, EventOrderError, type EventStore, isLastEvent } from './event-store.ts';

interface Answer {
  events: string[];
  bytes: number;
  over: boolean;
  expiresAt: number;
}

const HOUR_MS = 3_600_000;
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Event n of an answer is item n - 1 of its list. What is expired, and what is too much, goes when
 * something is appended: answers that are over, the quietest first. Those being written stay, since
 * somebody is listening and there are only as many as the process writes at once.
 */
export function createMemoryEventStore(
  options: { keepMs?: number; maxAnswers?: number; maxBytes?: number } = {},
): EventStore {
  const { keepMs = HOUR_MS, maxAnswers = 2_000, maxBytes = MAX_BYTES } = options;
  // Re-inserted on each append, so the first key is the answer that has been quiet for longest.
  const answers = new Map<string, Answer>();
  let bytes = 0;

  function held(answerId: string): Answer | undefined {
    const answer = answers.get(answerId);
    return answer && answer.expiresAt > Date.now() ? answer : undefined;
  }

  function forget(answerId: string): void {
    bytes -= answers.get(answerId)?.bytes ?? 0;
    answers.delete(answerId);
  }

  function forgetOld(latest: string): void {
    for (const [answerId, answer] of answers) {
      const expired = answer.expiresAt <= Date.now();
      const tooMuch = answers.size > maxAnswers || bytes > maxBytes;
      if (answerId === latest || !(expired || tooMuch)) return;
      if (expired || answer.over) forget(answerId);
    }
  }

  function keep(answerId: string, answer: Answer): void {
    forget(answerId);
    answers.set(answerId, answer);
    bytes += answer.bytes;
    forgetOld(answerId);
  }

  return {
    async append(answerId, event) {
      const known = held(answerId);
      const events = known?.events ?? [];
      if (event.id !== events.length + 1) {
        throw new EventOrderError(answerId, event.id, events.length);
      }
      const json = JSON.stringify(event);
      events.push(json);
      keep(answerId, {
        events,
        // Two bytes a character, as the engine keeps Chinese.
        bytes: (known?.bytes ?? 0) + 2 * json.length,
        over: isLastEvent(event),
        expiresAt: Date.now() + keepMs,
      });
    },
    async read(answerId, after, limit) {
      const events = held(answerId)?.events ?? [];
      const from = Math.max(0, after);
      return events
        .slice(from, from + Math.max(0, limit))
        .map((json): AnswerEvent => JSON.parse(json));
    },
    async close() {
      answers.clear();
      bytes = 0;
    },
  };
}
