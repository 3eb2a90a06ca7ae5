import type { AnswerEvent, EventStore } from './event-store.ts';

interface Answer {
  events: string[];
  expiresAt: number;
}

const HOUR_MS = 3_600_000;

/** Event n of an answer is item n - 1 of its list. Expired answers go when something is appended. */
export function createMemoryEventStore(
  options: { keepMs?: number; maxAnswers?: number } = {},
): EventStore {
  const keepMs = options.keepMs ?? HOUR_MS;
  const maxAnswers = options.maxAnswers ?? 2_000;
  // Re-inserted on each append, so the first key is the answer that has been quiet for longest.
  const answers = new Map<string, Answer>();

  function held(answerId: string): Answer | undefined {
    const answer = answers.get(answerId);
    return answer && answer.expiresAt > Date.now() ? answer : undefined;
  }

  function forgetOld(): void {
    for (const [answerId, answer] of answers) {
      if (answers.size <= maxAnswers && answer.expiresAt > Date.now()) return;
      answers.delete(answerId);
    }
  }

  return {
    async append(answerId, event) {
      const events = held(answerId)?.events ?? [];
      if (event.id !== events.length + 1) {
        throw new Error(`event ${event.id} cannot follow event ${events.length} of ${answerId}`);
      }
      events.push(JSON.stringify(event));
      answers.delete(answerId);
      answers.set(answerId, { events, expiresAt: Date.now() + keepMs });
      forgetOld();
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
    },
  };
}
