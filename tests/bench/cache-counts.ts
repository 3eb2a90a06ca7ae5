/** No cache, the shared one alone, and with the memory of each process in front of it. */
export type Variant = 'none' | 'shared' | 'both';

/** Which caches there are; a new round begins with nothing kept. */
export interface CacheSettings {
  round: number;
  near: boolean;
  far: boolean;
}

/** What a process did since it was last asked. */
export interface CacheCounts {
  /** Found in its own memory, in the shared cache, nowhere. */
  process: number;
  server: number;
  source: number;
  /** Statements that it sent to the database. */
  queries: number;
}
