import { useEffect, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { strings } from '../strings.ts';

export function formatWait(seconds: number): string {
  const words = strings.account;
  if (seconds < 60) return words.seconds(seconds);
  if (seconds < 3600) return words.minutes(Math.floor(seconds / 60), seconds % 60);
  return words.hours(Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}

/** Whole seconds until `deadline`, never fewer than none. */
export function secondsUntil(deadline: number, now: number): number {
  return Math.max(0, Math.ceil((deadline - now) / 1000));
}

/** Counts down from the `Retry-After` of a refusal; 0 where there is nothing to wait for. */
export function useWait(error: unknown): number {
  const wait = error instanceof ApiError ? error.retryAfterSeconds : null;
  const [left, setLeft] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal starts anew, even with the same wait.
  useEffect(() => {
    if (wait === null) return setLeft(0);
    const deadline = Date.now() + wait * 1000;
    const tick = () => setLeft(secondsUntil(deadline, Date.now()));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [error, wait]);
  return left;
}
