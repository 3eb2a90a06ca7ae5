/**
 * Sums of whole numbers that all processes add to. What they say may fall short of the truth: a set
 * lives `ttlSeconds` after the last addition, and whoever keeps it may lose it. What must be exact
 * is counted from the database.
 */
export interface Counters {
  /** Adds to the sums of a set, all at once; false when that could not be done for certain. */
  add(set: string, amounts: Readonly<Record<string, number>>, ttlSeconds: number): Promise<boolean>;
  /** Nothing was ever added: no sums. `undefined` when nobody can tell. */
  read(set: string): Promise<Record<string, number> | undefined>;
  close(): Promise<void>;
}
