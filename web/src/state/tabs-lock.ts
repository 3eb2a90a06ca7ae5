import type { LoginLock } from '../api/login-lock.ts';

/** A page served over plain HTTP has no locks; there each tab is on its own. */
export const tabsLock: LoginLock = <Result>(work: () => Promise<Result>) => {
  const locks = navigator.locks as LockManager | undefined;
  // The cast only undoes the promise nesting in LockManager's own typing.
  return locks ? (locks.request('guoxue.refresh', work) as Promise<Result>) : work();
};
