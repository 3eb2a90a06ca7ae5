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
  close(): Promise<void>;
}
