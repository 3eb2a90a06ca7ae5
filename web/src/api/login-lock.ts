/**
 * One tab at a time: whatever sets or clears the login cookie, so that a late reply cannot undo what
 * another tab did. Not re-entrant.
 */
export function withLoginLock<Result>(work: () => Promise<Result>): Promise<Result> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  // The cast only undoes the promise nesting in LockManager's own typing.
  return locks ? (locks.request('guoxue.refresh', work) as Promise<Result>) : work();
}
