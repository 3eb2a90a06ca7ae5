/**
 * Mutual exclusion between all processes of the service.
 *
 * `tryWithLock` runs `work` if nobody holds `name` and resolves to its result, or to `undefined` at
 * once when somebody does. The lock is renewed while `work` runs and falls free `ttlMs` after its
 * holder died. If it is lost under way (the server behind it was away for longer than `ttlMs`), the
 * signal given to `work` is aborted: the work must then stop writing.
 */
export interface Lock {
  tryWithLock<Result>(
    name: string,
    ttlMs: number,
    work: (lost: AbortSignal) => Promise<Result>,
  ): Promise<{ result: Result } | undefined>;
  close(): Promise<void>;
}
