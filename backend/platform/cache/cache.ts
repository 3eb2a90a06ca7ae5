/**
 * A bounded cache of JSON values that may forget anything at any time.
 *
 * - values are copied by JSON on the way in and out: callers never share an object;
 * - a missing, expired or unreadable entry is `undefined`, never an error: when the server behind it
 *   is away, reads miss and writes are dropped (logged once per outage);
 * - `ttlSeconds` is at most how long an entry lives.
 */
export interface Cache {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * What is kept, or else a lease: the right to `fill` the key with what is read from the source
   * from now on. `set`, `delete` and the end of its time take the lease away, so that what was read
   * before a change is never kept after it. One lease a key at a time; none while the server is away.
   */
  lookUp(key: string): Promise<Lookup>;
  /** Keeps a value if the lease still holds, and says whether it did. */
  fill(key: string, lease: string, value: unknown, ttlSeconds: number): Promise<boolean>;
  close(): Promise<void>;
}

export type Lookup =
  /** From the memory of this process, or from the server that all share. */
  | { found: true; value: unknown; from: 'process' | 'server' }
  | { found: false; lease: string | undefined };

/** Longer than any reading takes that is worth keeping. */
export const LEASE_SECONDS = 10;
