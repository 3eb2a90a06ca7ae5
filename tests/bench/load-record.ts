/** What learners do, and how it is called in the tables. */
export type Kind =
  | 'log in'
  | 'list sessions'
  | 'read history'
  | 'read a chapter'
  | 'search'
  | 'balance'
  | 'ask (SSE)'
  | 'ask (WebSocket)'
  | 'listen again';

/** One call as its caller saw it; moments and times are milliseconds of `performance.now()`. */
export interface Call {
  kind: Kind;
  endedAt: number;
  ms: number;
  /** `ok`, the status of a refusal, or what became of the connection. */
  outcome: string;
  /** Until the first text of an answer. */
  firstTextMs?: number;
}

/** A question that the service said it has accepted. */
export interface Accepted {
  messageId: string;
  at: number;
  /** What its learner was told in the end. */
  heard: 'done' | 'error' | 'nothing';
}

export interface LoadRecord {
  calls: Call[];
  accepted: Accepted[];
}

export const createRecord = (): LoadRecord => ({ calls: [], accepted: [] });

export const between = (calls: readonly Call[], from: number, to: number): Call[] =>
  calls.filter(({ endedAt }) => endedAt >= from && endedAt < to);

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
