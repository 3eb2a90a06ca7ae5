/** One event of an answer as listeners see it; `id` counts 1, 2, 3 … without gaps. */
export interface AnswerEvent {
  id: number;
  name: 'meta' | 'citations' | 'thinking' | 'delta' | 'done' | 'error';
  data: unknown;
}

export function isLastEvent(event: AnswerEvent): boolean {
  return event.name === 'done' || event.name === 'error';
}

/** An event that does not follow the last one there is. */
export class EventOrderError extends Error {
  /** The last event the store has; 0 when it holds nothing of the answer. */
  readonly last: number;

  constructor(answerId: string, id: number, last: number) {
    super(`event ${id} cannot follow event ${last} of ${answerId}`);
    this.name = 'EventOrderError';
    this.last = last;
  }
}

/**
 * Keeps the numbered events of answers for an hour after the last one was appended.
 *
 * An answer has one writer, its owner, which numbers the events; appending an id that is not
 * exactly one above the last fails with an {@link EventOrderError}, so two writers cannot
 * interleave. `read` returns the events after `after` in order, at most `limit`, and an empty list
 * for an answer it does not hold. What is kept is bounded: of an answer that outgrows every measure
 * the oldest events go. Both methods reject when the server behind it is away.
 */
export interface EventStore {
  append(answerId: string, event: AnswerEvent): Promise<void>;
  read(answerId: string, after: number, limit: number): Promise<AnswerEvent[]>;
  close(): Promise<void>;
}
