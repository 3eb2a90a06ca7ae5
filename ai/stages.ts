/** Steps on the way to an answer of which an operator wants to know how long they take. */
export const STAGES = [
  'rewrite',
  'retrieve',
  'embed',
  'nearest',
  'lexical',
  'rerank',
  'reword',
] as const;
export type Stage = (typeof STAGES)[number];

/** Does the work of a stage, and may look at the clock before and after; changes nothing of it. */
export type AroundStage = <Result>(stage: Stage, work: () => Result) => Result;

export const unwatched: AroundStage = (_stage, work) => work();
