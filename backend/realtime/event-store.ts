/** One event of an answer as listeners see it; `id` counts 1, 2, 3 … without gaps. */
export interface AnswerEvent {
  id: number;
  name: 'meta' | 'citations' | 'thinking' | 'delta' | 'done' | 'error';
  data: unknown;
}

/**
 * Keeps the numbered events of answers for an hour after the last one was appended.
 *
 * An answer has one writer, its owner, which numbers the events; appending an id that is not
 * exactly one above the last fails, so two writers cannot interleave. `read` returns the events
 * after `after` in order, at most `limit`, and an empty list for an answer it does not hold.
 * Both methods reject when the server behind it is away.
 */
export interface EventStore {
  append(answerId: string, event: AnswerEvent): Promise<void>;
  read(answerId: string, after: number, limit: number): Promise<AnswerEvent[]>;
  close(): Promise<void>;
}
