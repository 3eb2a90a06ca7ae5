/**
 * One tab at a time: whatever sets or clears the login cookie, so that a late reply cannot undo what
 * another tab did. Not re-entrant.
 */
export type LoginLock = <Result>(work: () => Promise<Result>) => Promise<Result>;
